import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  contentLines,
  fileNames,
  folderName,
  listLabel,
  readList,
  sampleVideos,
  stem,
  walkVideos,
} from './files.ts'
import { isKinetics, parseKineticsList } from './kinetics-lists.ts'
import { decodeList } from './list-text.ts'
import type { Format, Listing, Source } from './listing.ts'
import { plainName, remembered } from './names.ts'
import { isPathList, parsePathList } from './path-lists.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { splitWithinName } from './split-names.ts'
import { Warnings } from './warnings.ts'

/** YouTube's id, and the times in seconds between which the clip was cut out. */
const OWN_STEM = /^[\w-]{11}_\d{6}_\d{6}$/
const LIST_FOLDERS = ['.', 'annotations', 'labels', 'lists']
/** mmaction2's names of the classes, one a line, in the order of their numbers. */
const LABEL_MAP = /^label_map.*\.txt$/i
/** Folders that are no class: clips that replace others that could not be read. */
const NO_CLASS = ['replacement', 'replacement_for_corrupted_k400', 'videos', 'clips', 'data']
/** A split, a class, and one folder around both. */
const DEPTH = 3

/**
 * Kinetics-400 and Kinetics-600: `<youtube_id>_<start>_<end>.mp4`, flat or in class folders, below
 * folders of splits or not, and lists in CSV or, as mmaction2 has them, of paths and class numbers.
 * Without lists, folders tell class and split. Where a folder and a list contradict each other, the
 * list holds.
 */
export const kinetics: Format = { format: 'kinetics', recognise, list }

async function recognise(source: Source): Promise<string | null> {
  const lists = await findLists(source.annotations ?? source.folder)
  if (lists.length > 0) return `${lists[0]} is a list of YouTube clips`
  const sample = await sampleVideos(source.folder, DEPTH)
  const own = sample.length > 0 && sample.every((path) => OWN_STEM.test(stem(path)))
  return own ? `its videos have names like ${basename(sample[0])}` : null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
async function list(source: Source): Promise<Listing> {
  const root = source.folder
  const warnings = new Warnings()
  const files = await findVideos(root, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${root} has no videos. Expected <youtube_id>_<start>_<end>.mp4 in it or in folders of ` +
        'splits and classes inside it.',
    )
  }
  const entries = await readLists(source, warnings)
  // A quarter million lines take their time: what else the host does comes in between.
  await breathe()
  const options = {
    root: folderName(root),
    reportUnlisted: entries.length > 0,
    placed: checkFolders(files, entries, warnings),
  }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function findVideos(root: string, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const keys = new Map<string, string>()
  for await (const { folder, names } of walkVideos(root, { depth: DEPTH, warnings })) {
    const place = placeOf(folder)
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`
      const key = stem(name)
      const first = keys.get(key)
      if (first === undefined) keys.set(key, path)
      else warnings.add('duplicate', path, null, `the same clip is also in ${first}`)
      found.push({ path, ...place, key })
    }
  }
  return found
}

/** Class and split as the folders have them. */
function placeOf(folder: string): Pick<FoundVideo, 'class' | 'split'> {
  const parts = folder === '' ? [] : folder.split('/')
  const splits = parts.map((part) => splitWithinName(part))
  const split = splits.find((one) => one !== null) ?? null
  const last = parts.at(-1)
  const isClass =
    last !== undefined && splits.at(-1) === null && !NO_CLASS.includes(last.toLowerCase())
  return { class: isClass ? last : null, split }
}

async function readLists(
  { folder: root, annotations }: Source,
  warnings: Warnings,
): Promise<ListEntry[]> {
  const inside = await findLists(annotations ?? root)
  const files =
    inside.length > 0 || annotations !== null
      ? inside
      : await findLists(dirname(root), ['annotations'])
  if (annotations !== null && files.length === 0) {
    throw new WorkbenchError(
      `${annotations} has no list of Kinetics. Expected CSV files with the columns label, ` +
        'youtube_id, time_start, time_end and split, or text files of paths and class numbers.',
    )
  }
  const entries: ListEntry[] = []
  for (const file of files) {
    const label = listLabel(root, file)
    const text = await readList(file, label, warnings)
    await breathe()
    if (text === null) continue
    const split = splitWithinName(stem(basename(file)))
    const found = /\.csv$/i.test(file)
      ? parseKineticsList(text, { label, fallback: split }, warnings)
      : parsePathList(text, { label, split, classNames: await labelMap(file, warnings) }, warnings)
    // Not spread into push: a list of a quarter million would not fit on the stack.
    for (const entry of found) entries.push(entry)
  }
  return entries
}

/** The names of the classes that lie beside a list of paths; null where there are none. */
async function labelMap(list: string, warnings: Warnings): Promise<string[] | null> {
  const folder = dirname(list)
  const name = (await fileNames(folder)).find((one) => LABEL_MAP.test(one))
  if (name === undefined) return null
  const text = await readList(join(folder, name), name, warnings)
  return text === null ? null : contentLines(text).map(({ content }) => content)
}

/**
 * Warns of class folders that no list knows; returns what is to be called with each listed file, to
 * warn where its folder is another class's. Names are compared as letters and digits, since folders
 * write spaces and slashes in other ways.
 */
function checkFolders(
  files: readonly FoundVideo[],
  entries: readonly ListEntry[],
  warnings: Warnings,
): (file: FoundVideo, entry: ListEntry) => void {
  const plain = remembered(plainName)
  const labels = new Set(entries.map((entry) => plain(entry.class ?? '')))
  const unknown = new Set<string | null>([null])
  // Lists of the test have no labels to compare with.
  const hasLabels = labels.size > (labels.has('') ? 1 : 0)
  for (const { class: folder } of files) {
    if (!hasLabels || unknown.has(folder) || labels.has(plain(folder ?? ''))) continue
    unknown.add(folder)
    warnings.add('class', folder ?? '', null, 'no list has this class')
  }
  return ({ path, class: folder }, { class: label, list, line }) => {
    if (folder === null || label === null || unknown.has(folder)) return
    if (plain(label) === plain(folder)) return
    const text = `${path} is in ${folder} but has class ${label} in the list; the list counts`
    warnings.add('class', list, line, text)
  }
}

async function findLists(folder: string, places = LIST_FOLDERS): Promise<string[]> {
  const found: string[] = []
  for (const place of places) {
    for (const name of await fileNames(join(folder, place))) {
      const file = join(folder, place, name)
      if (await isList(file)) found.push(file)
    }
  }
  return found
}

/** Whether the file begins as a list of Kinetics does. */
async function isList(file: string): Promise<boolean> {
  if (/\.csv$/i.test(file)) return isKinetics(await beginning(file))
  return /\.txt$/i.test(file) && isPathList(await beginning(file), OWN_STEM)
}

/** The first kilobyte of a list; nothing where it cannot be read. */
async function beginning(file: string): Promise<string> {
  const handle = await open(file).catch(() => null)
  if (handle === null) return ''
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1024) })
    return decodeList(buffer.subarray(0, bytesRead)).text
  } catch {
    return ''
  } finally {
    await handle.close()
  }
}
