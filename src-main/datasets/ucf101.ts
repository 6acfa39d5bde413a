import { basename, dirname, join } from 'node:path'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  fileNames,
  firstFolder,
  folderName,
  isFolder,
  joinPath,
  listLabel,
  readList,
  sampleVideos,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { plainName, videoKey } from './names.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { parseClassIndex, parseSplitList } from './ucf101-lists.ts'
import { Warnings } from './warnings.ts'

/** Folders that the class folders may lie in: as distributed, and as others have named it. */
const VIDEOS = ['UCF-101', 'UCF101', 'ucf101', 'videos']
const LISTS = 'ucfTrainTestlist'
const LIST_FOLDERS = [LISTS, 'annotations', 'splits', 'lists', '.']
const LIST_NAME = /^(classInd|(train|test)list0[1-3])\.txt$/i
const VIDEO_NAME = /^v_/i
/** As UCF101's own videos are called: action, group of the same scene, clip. */
const OWN_NAME = /(?:^|\/)v_(\w+)_g\d\d_c\d\d(?:\.\w+)?$/i

interface Layout {
  /** Absolute folder that paths are relative to. */
  root: string
  /** `UCF-101`, or nothing where the class folders lie in `root`. */
  prefix: string
}

/**
 * UCF101 as it is distributed: `UCF-101/<Class>/v_*.avi`, and beside it
 * `ucfTrainTestlist/{classInd,trainlist0N,testlist0N}.txt` with three splits of the same videos. The
 * folder is the parent of both or that of the classes. Videos may have been converted to another
 * container or lie flat, and folders may write a class in another way: names are compared by their
 * letters and digits. Videos in no list have no split.
 */
export const ucf101: Format = { format: 'ucf101', recognise, list: listUcf101 }

async function recognise({ folder, annotations }: Source): Promise<string | null> {
  if (annotations !== null && (await holdsLists(annotations))) return `${annotations} has its lists`
  const [distributed] = VIDEOS
  if (await isFolder(join(folder, distributed))) return `it has the folder ${distributed}`
  if (basename(folder) === distributed) return `its name is ${distributed}`
  if (await isFolder(join(folder, LISTS))) return `it has the folder ${LISTS}`
  const { root, prefix } = await locate(folder)
  const sample = await sampleVideos(join(root, prefix), 1)
  const own = sample.length > 0 && sample.every((path) => OWN_NAME.test(path))
  return own ? `its videos have names like ${basename(sample[0])}` : null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
export async function listUcf101(source: Source): Promise<Listing> {
  const layout = await locate(source.folder)
  const warnings = new Warnings()
  const files = await findVideos(layout, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${source.folder} has no videos in UCF101's layout. Expected ` +
        `${join(source.folder, VIDEOS[0], '<Class>', 'v_*.avi')}; choose the folder that has ` +
        `${VIDEOS[0]} in it.`,
    )
  }
  const entries = await readSplits(layout, files, source, warnings)
  const { root, prefix } = layout
  const options = { root: prefix || folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function locate(folder: string): Promise<Layout> {
  for (const name of VIDEOS) {
    if (await isFolder(join(folder, name))) return { root: folder, prefix: name }
  }
  const own = basename(folder)
  // A folder called videos may lie anywhere, so what is around it is not taken for the data set.
  if (/^ucf-?101$/i.test(own)) return { root: dirname(folder), prefix: own }
  return { root: folder, prefix: '' }
}

async function findVideos({ root, prefix }: Layout, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const keys = new Map<string, string>()
  const inRoot = prefix === '' ? 1 : 2
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings, from: prefix })) {
    const parts = folder.split('/').filter((part) => part !== '')
    const className = parts.length === inRoot ? parts[parts.length - 1] : null
    let others = 0
    for (const file of names) {
      const name = className ?? OWN_NAME.exec(file)?.[1]
      if (name === undefined || !VIDEO_NAME.test(file)) {
        others++
        continue
      }
      const path = joinPath(folder, file)
      const key = videoKey(name, file)
      const first = keys.get(key)
      if (first === undefined) keys.set(key, path)
      else warnings.add('duplicate', path, null, `the same video is also in ${first}`)
      found.push({ path, class: name, split: null, key })
    }
    if (others > 0) {
      const text = `videos that are not named <Class>/v_*.avi are left out: ${others}`
      warnings.add('skipped', folder || root, null, text, others)
    }
  }
  return found
}

async function readSplits(
  layout: Layout,
  files: FoundVideo[],
  source: Source,
  warnings: Warnings,
): Promise<ListEntry[]> {
  const { root } = layout
  const folder = await findLists(layout, source)
  if (folder === null) {
    const text = `there is no such folder in ${root}, so videos have no split`
    warnings.add('unreadable', LISTS, null, text)
    return []
  }
  const read = async (name: string): Promise<{ text: string | null; label: string }> => {
    const label = listLabel(root, join(folder, name))
    return { text: await readList(join(folder, name), label, warnings), label }
  }
  const index = await read('classInd.txt')
  const classes = index.text === null ? null : parseClassIndex(index.text, index.label, warnings)
  if (classes) nameClasses(files, classes, layout, warnings)
  const entries: ListEntry[] = []
  for (const split of ['train', 'test'] as const) {
    const { text, label: list } = await read(`${split}list0${source.splitList}.txt`)
    if (text === null) continue
    for (const { path, class: name, line } of parseSplitList(text, list, classes, warnings)) {
      entries.push({ key: videoKey(name, path), name: path, class: name, split, list, line })
    }
  }
  return entries
}

/** Gives files the class index's name of their class; warns where the folder's is another or unknown. */
function nameClasses(
  files: FoundVideo[],
  classes: ReadonlyMap<string, number>,
  { prefix }: Layout,
  warnings: Warnings,
): void {
  const byPlainName = new Map([...classes.keys()].map((name) => [plainName(name), name]))
  for (const name of new Set(files.map((file) => file.class ?? ''))) {
    if (classes.has(name)) continue
    const folder = joinPath(prefix, name)
    const meant = byPlainName.get(plainName(name))
    if (meant === undefined) {
      warnings.add('class', folder, null, 'the class is not in classInd.txt')
      continue
    }
    warnings.add('class', folder, null, `read as class ${meant} of classInd.txt`)
    for (const file of files) if (file.class === name) file.class = meant
  }
}

async function findLists(
  { root, prefix }: Layout,
  { annotations }: Source,
): Promise<string | null> {
  if (annotations !== null) {
    for (const place of [annotations, join(annotations, LISTS)]) {
      if (await holdsLists(place)) return place
    }
    throw new WorkbenchError(
      `${annotations} has none of UCF101's lists. Expected classInd.txt, trainlist01.txt and ` +
        'testlist01.txt there.',
    )
  }
  const places = prefix === '' ? [root, dirname(root)] : [root]
  for (const place of places.flatMap((one) => LIST_FOLDERS.map((name) => join(one, name)))) {
    if (await holdsLists(place)) return place
  }
  return firstFolder(places.map((place) => join(place, LISTS)))
}

async function holdsLists(folder: string): Promise<boolean> {
  return (await fileNames(folder)).some((name) => LIST_NAME.test(name))
}
