import { basename, dirname, join } from 'node:path'
import { WorkbenchError } from '../store/workbench-error.ts'
import {
  fileNames,
  firstFolder,
  folderName,
  isFolder,
  listLabel,
  readList,
  sampleVideos,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './place.ts'
import { parseClassIndex, parseSplitList } from './ucf101-lists.ts'
import { Warnings } from './warnings.ts'

const VIDEOS = 'UCF-101'
const LISTS = 'ucfTrainTestlist'
const LIST_NAME = /^(classInd|(train|test)list0[1-3])\.txt$/i
const VIDEO_NAME = /^v_.*\.avi$/is
/** As UCF101's own videos are called: action, group of the same scene, clip. */
const OWN_NAME = /\/v_\w+_g\d\d_c\d\d\.avi$/i

interface Layout {
  /** Absolute folder that paths are relative to. */
  root: string
  /** `UCF-101`, or nothing where the class folders lie in `root`. */
  prefix: string
}

/**
 * UCF101 as it is distributed: `UCF-101/<Class>/v_*.avi`, and beside it
 * `ucfTrainTestlist/{classInd,trainlist0N,testlist0N}.txt` with three splits of the same videos. The
 * folder is the parent of both or that of the classes. Videos in no list have no split.
 */
export const ucf101: Format = { format: 'ucf101', recognise, list: listUcf101 }

async function recognise({ folder, annotations }: Source): Promise<string | null> {
  if (annotations !== null && (await holdsLists(annotations))) return `${annotations} has its lists`
  if (await isFolder(join(folder, VIDEOS))) return `it has the folder ${VIDEOS}`
  if (basename(folder) === VIDEOS) return `it is called ${VIDEOS}`
  if (await isFolder(join(folder, LISTS))) return `it has the folder ${LISTS}`
  const sample = await sampleVideos(folder, 1)
  const own = sample.length > 0 && sample.every((path) => OWN_NAME.test(path))
  return own ? `its videos are called like ${basename(sample[0])}` : null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
export async function listUcf101(source: Source): Promise<Listing> {
  const layout = await locate(source.folder)
  const warnings = new Warnings()
  const files = await findVideos(layout, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${source.folder} has no videos in UCF101's layout. Expected ` +
        `${join(source.folder, VIDEOS, '<Class>', 'v_*.avi')}; choose the folder that has ${VIDEOS} in it.`,
    )
  }
  const entries = await readSplits(layout, files, source, warnings)
  const { root, prefix } = layout
  const options = { root: prefix || folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function locate(folder: string): Promise<Layout> {
  if (await isFolder(join(folder, VIDEOS))) return { root: folder, prefix: VIDEOS }
  if (basename(folder) === VIDEOS) return { root: dirname(folder), prefix: VIDEOS }
  return { root: folder, prefix: '' }
}

async function findVideos({ root, prefix }: Layout, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const inRoot = prefix === '' ? 1 : 2
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings, from: prefix })) {
    const parts = folder.split('/').filter((part) => part !== '')
    const name = parts.length === inRoot ? parts[parts.length - 1] : null
    const videos = name === null ? [] : names.filter((file) => VIDEO_NAME.test(file))
    const others = names.length - videos.length
    if (others > 0) {
      const text = `videos that are not named <Class>/v_*.avi are left out: ${others}`
      warnings.add('skipped', folder || root, null, text, others)
    }
    for (const file of videos) {
      const key = `${name}/${file}`
      found.push({ path: `${folder}/${file}`, class: name, split: null, key })
    }
  }
  return found
}

async function readSplits(
  layout: Layout,
  files: readonly FoundVideo[],
  source: Source,
  warnings: Warnings,
): Promise<ListEntry[]> {
  const { root } = layout
  const folder = await findLists(layout, source)
  if (folder === null) {
    const text = `there is no such folder in ${root}: videos have no split`
    warnings.add('unreadable', LISTS, null, text)
    return []
  }
  const read = async (name: string): Promise<{ text: string | null; label: string }> => {
    const label = listLabel(root, join(folder, name))
    return { text: await readList(join(folder, name), label, warnings), label }
  }
  const index = await read('classInd.txt')
  const classes = index.text === null ? null : parseClassIndex(index.text, index.label, warnings)
  if (classes) warnOfClasses(files, classes, layout, warnings)
  const entries: ListEntry[] = []
  for (const split of ['train', 'test'] as const) {
    const { text, label: list } = await read(`${split}list0${source.splitList}.txt`)
    if (text === null) continue
    for (const { path, class: name, line } of parseSplitList(text, list, classes, warnings)) {
      entries.push({ key: path, class: name, split, list, line })
    }
  }
  return entries
}

function warnOfClasses(
  files: readonly FoundVideo[],
  classes: ReadonlyMap<string, number>,
  { prefix }: Layout,
  warnings: Warnings,
): void {
  for (const name of new Set(files.map((file) => file.class ?? ''))) {
    if (classes.has(name)) continue
    const folder = prefix === '' ? name : `${prefix}/${name}`
    warnings.add('class', folder, null, 'the class is not in classInd.txt')
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
  return firstFolder(places.map((place) => join(place, LISTS)))
}

async function holdsLists(folder: string): Promise<boolean> {
  return (await fileNames(folder)).some((name) => LIST_NAME.test(name))
}
