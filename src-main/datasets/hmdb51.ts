import { basename, dirname, join } from 'node:path'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  contentLines,
  excerpt,
  fileNames,
  firstFolder,
  folderName,
  listLabel,
  readList,
  sampleVideos,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { plainName, videoKey } from './names.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { Warnings } from './warnings.ts'

/** Where the class folders may lie; else they are in the folder itself. */
const VIDEO_FOLDERS = ['hmdb51_org', 'hmdb51', 'HMDB51', 'videos']
const LISTS = 'testTrainMulti_7030_splits'
/** Folders of the lists beside or among the class folders. */
const LIST_FOLDERS = [LISTS, 'test_train_splits', 'splits', 'annotations']
const LIST_NAME = /^(.+)_test_split([1-3])\.txt$/i
/** What HMDB51's names end with: body part, camera motion, people, viewpoint, quality, number. */
const OWN_NAME = /_[fhlu]_(cm|nm)_np\d_(ba|fr|le|ri)_(bad|med|goo)_\d+(?:\.\w+)?$/s
/** The lists' numbers: 0 is in neither split. */
const SPLITS: Record<string, Split | null> = { 0: null, 1: 'train', 2: 'test' }

/**
 * HMDB51 as it is distributed: `<class>/*.avi`, and for each class and each of three splits
 * `testTrainMulti_7030_splits/<class>_test_split<N>.txt` with lines of `<video> <0|1|2>`: 1 is for
 * training, 2 for the test, 0 for neither. Videos may have been converted and renamed: classes and
 * names are compared by their letters and digits, without the extension.
 */
export const hmdb51: Format = { format: 'hmdb51', recognise, list }

async function recognise({ folder, annotations }: Source): Promise<string | null> {
  const lists = await searchLists(annotations === null ? inside(folder) : under(annotations))
  if (lists !== null) return `${lists.folder} has lists such as ${lists.names[0]}`
  const sample = await sampleVideos(folder, 2)
  const own = sample.length > 0 && sample.every((path) => OWN_NAME.test(path) && fits(path))
  return own ? `its videos have names like ${basename(sample[0])}` : null
}

/** Whether a path is `<class>/<video>`, or that below one of the folders for videos. */
function fits(path: string): boolean {
  const parts = path.split('/')
  return parts.length === (VIDEO_FOLDERS.includes(parts[0]) ? 3 : 2)
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
async function list(source: Source): Promise<Listing> {
  const root = source.folder
  const warnings = new Warnings()
  const inner = await firstFolder(VIDEO_FOLDERS.map((name) => join(root, name)))
  const from = inner === null ? '' : basename(inner)
  const files = await findVideos(root, from, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${root} has no videos in HMDB51's layout. Expected ${join(root, '<class>', '*.avi')}; ` +
        'choose the folder that contains the class folders.',
    )
  }
  const entries = await readSplits(source, files, warnings)
  const options = { root: from || folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function findVideos(root: string, from: string, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const keys = new Set<string>()
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings, from })) {
    if (folder === from) {
      const text = `videos outside class folders are left out: ${names.length}`
      warnings.add('skipped', folder || root, null, text, names.length)
      continue
    }
    const name = basename(folder)
    for (const file of names) {
      const key = videoKey(name, file)
      const path = `${folder}/${file}`
      if (keys.has(key)) warnings.add('duplicate', path, null, 'the same video exists twice')
      keys.add(key)
      found.push({ path, class: name, split: null, key })
    }
  }
  return found
}

async function readSplits(
  source: Source,
  files: FoundVideo[],
  warnings: Warnings,
): Promise<ListEntry[]> {
  const { folder: root, splitList } = source
  const lists = await findLists(source, warnings)
  const classes = new Map(files.map(({ class: name }) => [plainName(name ?? ''), name]))
  const entries: ListEntry[] = []
  for (const name of lists?.names ?? []) {
    const [, className, number] = LIST_NAME.exec(name)!
    if (Number(number) !== splitList) continue
    const file = join(lists!.folder, name)
    const label = listLabel(root, file)
    const folder = classes.get(plainName(className))
    classes.delete(plainName(className))
    if (folder === undefined) {
      warnings.add('class', label, null, `class ${className} has no folder`)
    } else if (folder !== className) {
      warnings.add('class', label, null, `the folder ${folder} is read as class ${className}`)
      for (const file of files) if (file.class === folder) file.class = className
    }
    const text = await readList(file, label, warnings)
    if (text !== null) entries.push(...parseHmdb51List(text, className, label, warnings))
  }
  for (const name of lists ? classes.values() : []) {
    warnings.add(
      'class',
      `${name}`,
      null,
      `the class has no list ${name}_test_split${splitList}.txt`,
    )
  }
  return entries
}

/** Null and a warning where there are none with the videos. */
async function findLists(
  { folder: root, annotations }: Source,
  warnings: Warnings,
): Promise<Lists | null> {
  if (annotations === null) {
    const lists = await searchLists([...inside(root), ...inside(dirname(root))])
    const text = `there is no such folder in ${root}, so videos have no split`
    if (lists === null) warnings.add('unreadable', LISTS, null, text)
    return lists
  }
  const lists = await searchLists(under(annotations))
  if (lists !== null) return lists
  throw new WorkbenchError(
    `${annotations} has none of HMDB51's lists. Expected <class>_test_split1.txt there.`,
  )
}

/**
 * Reads `<class>_test_split<N>.txt`: lines of `<video> <0|1|2>`; names may have spaces in them.
 * Malformed lines are warned of and left out. The key is that of `videoKey`.
 */
export function parseHmdb51List(
  text: string,
  className: string,
  label: string,
  warnings: Warnings,
): ListEntry[] {
  const entries: ListEntry[] = []
  for (const { line, content } of contentLines(text)) {
    const [, name, number] = /^(.+\.\w+)\s+([012])$/.exec(content) ?? []
    if (name === undefined || number === undefined) {
      const problem = `expected '<video> <0, 1 or 2>', got '${excerpt(content)}'`
      warnings.add('malformed', label, line, problem)
      continue
    }
    entries.push({
      key: videoKey(className, name),
      name: `${className}/${name}`,
      class: className,
      split: SPLITS[number],
      list: label,
      line,
    })
  }
  return entries
}

interface Lists {
  folder: string
  /** At least one. */
  names: string[]
}

function inside(folder: string): string[] {
  return [folder, ...LIST_FOLDERS.map((name) => join(folder, name))]
}

function under(annotations: string): string[] {
  return [annotations, join(annotations, LISTS)]
}

async function searchLists(folders: readonly string[]): Promise<Lists | null> {
  for (const folder of folders) {
    const names = (await fileNames(folder)).filter((name) => LIST_NAME.test(name))
    if (names.length > 0) return { folder, names }
  }
  return null
}
