import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../store/workbench-error.ts'
import type { ListedVideo, Listing } from './listing.ts'
import { parseClassIndex, parseSplitList, type SplitEntry } from './ucf101-lists.ts'
import { Warnings } from './warnings.ts'

const VIDEOS = 'UCF-101'
const LISTS = 'ucfTrainTestlist'
const ANY_VIDEO = /^[^.].*\.(avi|mp4|m4v|mkv|webm|mov|mpe?g)$/i

interface Layout {
  /** Absolute folder that paths are relative to. */
  root: string
  /** `UCF-101/`, or nothing where the class folders lie in `root`. */
  prefix: string
}

/**
 * Lists UCF101 as it is distributed: `UCF-101/<Class>/v_*.avi`, and beside it
 * `ucfTrainTestlist/{classInd,trainlist01,testlist01}.txt` with the first split. `folder` is the
 * parent of both or the folder of the classes. Videos in no list have no split.
 * @throws WorkbenchError when there is no such folder or it has no videos.
 */
export async function listUcf101(folder: string): Promise<Listing> {
  const layout = await locate(folder)
  const warnings = new Warnings()
  const { files, unread } = await findVideos(layout, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${folder} has no videos in UCF101's layout. Expected ` +
        `${join(folder, VIDEOS, '<Class>', 'v_*.avi')}; choose the folder that has ${VIDEOS} in it.`,
    )
  }
  const splits = await readSplits(layout, files, warnings)
  const videos = files.map(({ key, ...video }) => ({ ...video, split: splits.get(key) ?? null }))
  const name = basename(layout.root)
  return { name, folder: layout.root, videos, unread, warnings: warnings.list() }
}

async function locate(folder: string): Promise<Layout> {
  const root = await realpath(folder).catch(() => null)
  if (root === null || !(await isFolder(root))) {
    throw new WorkbenchError(`There is no folder ${folder}. Check the path.`)
  }
  if (await isFolder(join(root, VIDEOS))) return { root, prefix: `${VIDEOS}/` }
  if (basename(root) === VIDEOS) return { root: dirname(root), prefix: `${VIDEOS}/` }
  return { root, prefix: '' }
}

/** A video file and its name in the lists, `<Class>/v_*.avi`. */
type FoundVideo = Omit<ListedVideo, 'split'> & { key: string }

async function findVideos(
  layout: Layout,
  warnings: Warnings,
): Promise<{ files: FoundVideo[]; unread: string[] }> {
  const { root, prefix } = layout
  const entries = await readdir(join(root, prefix), { withFileTypes: true })
  const classes = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
  const files: FoundVideo[] = []
  const unread: string[] = []
  for (const { name } of classes.toSorted((a, b) => compare(a.name, b.name))) {
    const folder = `${prefix}${name}`
    const videos = await readClass(join(root, folder), folder, warnings)
    if (videos === null) unread.push(folder)
    for (const file of videos ?? []) {
      files.push({ path: `${folder}/${file}`, class: name, key: `${name}/${file}` })
    }
  }
  return { files, unread }
}

/** Names of a class's videos; null when its folder cannot be read. */
async function readClass(
  path: string,
  folder: string,
  warnings: Warnings,
): Promise<string[] | null> {
  try {
    const names = (await readdir(path)).filter((name) => ANY_VIDEO.test(name))
    const videos = names.filter((name) => /^v_.*\.avi$/i.test(name))
    const others = names.length - videos.length
    if (others > 0) {
      warnings.add(folder, null, `videos that are not named v_*.avi are left out: ${others}`)
    }
    return videos.sort(compare)
  } catch (error) {
    warnings.add(folder, null, `the folder cannot be read (${reason(error)})`)
    return null
  }
}

async function readSplits(
  layout: Layout,
  files: readonly FoundVideo[],
  warnings: Warnings,
): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>()
  const folder = await findLists(layout)
  if (folder === null) {
    warnings.add(LISTS, null, `there is no such folder in ${layout.root}: videos have no split`)
    return splits
  }
  const read = (name: string): Promise<string | null> => readList(folder, name, warnings)
  const index = await read('classInd.txt')
  const classes = index === null ? null : parseClassIndex(index, `${LISTS}/classInd.txt`, warnings)
  if (classes) warnOfClasses(files, classes, layout, warnings)
  const onDisk = new Set(files.map(({ key }) => key))
  for (const split of ['train', 'test'] as const) {
    const name = `${split}list01.txt`
    const text = await read(name)
    const list = `${LISTS}/${name}`
    const entries = text === null ? [] : parseSplitList(text, list, classes, warnings)
    for (const entry of entries) take(entry, split, list, onDisk, splits, warnings)
  }
  return splits
}

function take(
  entry: SplitEntry,
  split: Split,
  list: string,
  onDisk: ReadonlySet<string>,
  splits: Map<string, Split>,
  warnings: Warnings,
): void {
  const { path, line } = entry
  const other = splits.get(path)
  if (!onDisk.has(path)) warnings.add(list, line, `${path} is not on disk`)
  else if (other) warnings.add(list, line, `${path} is already in split ${other} and stays there`)
  else splits.set(path, split)
}

function warnOfClasses(
  files: readonly FoundVideo[],
  classes: ReadonlyMap<string, number>,
  layout: Layout,
  warnings: Warnings,
): void {
  for (const name of new Set(files.map((file) => file.class ?? ''))) {
    if (classes.has(name)) continue
    warnings.add(`${layout.prefix}${name}`, null, 'the class is not in classInd.txt')
  }
}

async function findLists({ root, prefix }: Layout): Promise<string | null> {
  const places = prefix === '' ? [root, dirname(root)] : [root]
  for (const place of places) {
    if (await isFolder(join(place, LISTS))) return join(place, LISTS)
  }
  return null
}

async function readList(folder: string, name: string, warnings: Warnings): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (error) {
    warnings.add(`${LISTS}/${name}`, null, `the list cannot be read (${reason(error)})`)
    return null
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** By code unit, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
