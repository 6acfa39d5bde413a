import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../store/workbench-error.ts'
import {
  excerpt,
  fileNames,
  folderName,
  listLabel,
  readList,
  sampleVideos,
  stem,
  walkVideos,
} from './files.ts'
import { jsonItems, type JsonItem } from './json-items.ts'
import type { Format, Listing, Source } from './listing.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './place.ts'
import { Warnings } from './warnings.ts'

const VOCABULARY = 'Diving48_vocab.json'
const LISTS = {
  diving48: { train: 'Diving48_V2_train.json', test: 'Diving48_V2_test.json' },
  'diving48-v1': { train: 'Diving48_train.json', test: 'Diving48_test.json' },
} as const
type Version = keyof typeof LISTS
/** A YouTube id and the clip's number in that video. */
const OWN_NAME = /(^|\/)[\w-]{11}_\d{5}\.\w+$/
const LIST_FOLDERS = ['.', 'annotations', 'labels', 'lists']

/**
 * Diving48 (Li et al., RESOUND, ECCV 2018): `rgb/<vid>.mp4`, JSON lists of training and test dives,
 * and a vocabulary of 48 classes: take-off, somersaults, twists and position. V2 corrects the labels
 * of V1; where the lists of both are there, V2 is taken.
 */
export const diving48: Format = {
  format: 'diving48',
  recognise: (source) => recognise('diving48', source),
  list: (source) => list('diving48', source),
}

/** The labels as first published; see `diving48`. */
export const diving48V1: Format = {
  format: 'diving48-v1',
  recognise: (source) => recognise('diving48-v1', source),
  list: (source) => list('diving48-v1', source),
}

async function recognise(version: Version, source: Source): Promise<string | null> {
  const corrected = await findLists('diving48', source)
  const lists = version === 'diving48' ? corrected : await findLists('diving48-v1', source)
  if (version === 'diving48-v1' && corrected !== null) return null
  if (lists !== null) return `${lists} has ${LISTS[version].train}`
  if (version === 'diving48-v1' || (await findLists('diving48-v1', source)) !== null) return null
  const sample = await sampleVideos(source.folder, 1)
  const own = sample.length > 0 && sample.every((path) => OWN_NAME.test(path))
  return own ? `its videos are called like ${basename(sample[0])}` : null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
async function list(version: Version, source: Source): Promise<Listing> {
  const root = source.folder
  const warnings = new Warnings()
  const files = await findVideos(root, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${root} has no videos in Diving48's layout. Expected ${join(root, 'rgb', '<vid>.mp4')}; ` +
        'choose the folder that has rgb in it.',
    )
  }
  const entries = await readSplits(version, source, warnings)
  const options = { root: folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  const { counts } = warnings
  return { name: folderName(root), folder: root, videos, warnings: warnings.list(), counts }
}

async function findVideos(root: string, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const keys = new Set<string>()
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings })) {
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`
      const key = stem(name)
      if (keys.has(key)) warnings.add('duplicate', path, null, 'the same video is there twice')
      keys.add(key)
      found.push({ path, class: null, split: null, key })
    }
  }
  return found
}

async function readSplits(
  version: Version,
  source: Source,
  warnings: Warnings,
): Promise<ListEntry[]> {
  const { folder: root, annotations } = source
  const { train, test } = LISTS[version]
  const folder = (await findLists(version, source)) ?? (await findLists(version, beside(source)))
  if (folder === null) {
    if (annotations !== null) {
      throw new WorkbenchError(`${annotations} has no ${train} and no ${test}. Check the folder.`)
    }
    warnings.add(
      'unreadable',
      train,
      null,
      `there is no such list in ${root}: videos have no class`,
    )
    return []
  }
  const read = async (name: string): Promise<{ text: string | null; label: string }> => {
    const label = listLabel(root, join(folder, name))
    return { text: await readList(join(folder, name), label, warnings), label }
  }
  const vocabulary = await read(VOCABULARY)
  const classes =
    vocabulary.text === null ? null : parseVocabulary(vocabulary.text, vocabulary.label, warnings)
  const entries: ListEntry[] = []
  for (const [split, name] of [
    ['train', train],
    ['test', test],
  ] as const) {
    const { text, label } = await read(name)
    if (text === null) continue
    entries.push(...parseDiving48List(text, { split, label, classes }, warnings))
  }
  return entries
}

/**
 * Reads Diving48_vocab.json: an array of arrays of words, one a class. A class is shown as its words,
 * such as `Back 15som 05Twis FREE`. A malformed element is warned of and keeps its number. Null where
 * the file is no array.
 */
export function parseVocabulary(
  text: string,
  label: string,
  warnings: Warnings,
): (string | null)[] | null {
  const items = jsonItems(text)
  if (items === null) {
    warnings.add('malformed', label, 1, 'expected an array of classes')
    return null
  }
  const seen = new Set<string>()
  return items.map((item) => {
    const words = parsed(item, z.array(z.string()).min(1), label, 'an array of words', warnings)
    const name = words?.join(' ') ?? null
    if (name !== null && seen.has(name)) {
      warnings.add('duplicate', label, item.line, `class ${name} is listed twice`)
    }
    if (name !== null) seen.add(name)
    return name
  })
}

const diveSchema = z.object({ vid_name: z.string().min(1), label: z.number().int().min(0) })

/**
 * Reads a list of dives: an array of objects with `vid_name` and `label`, a number of the vocabulary
 * counted from 0. Malformed elements are warned of and left out, unknown classes warned of. A key is
 * the video's name without its extension.
 */
export function parseDiving48List(
  text: string,
  {
    split,
    label: list,
    classes,
  }: { split: Split; label: string; classes: readonly (string | null)[] | null },
  warnings: Warnings,
): ListEntry[] {
  const items = jsonItems(text)
  if (items === null) {
    warnings.add('malformed', list, 1, 'expected an array of dives')
    return []
  }
  const entries: ListEntry[] = []
  for (const item of items) {
    const what = 'an object with vid_name and label'
    const dive = parsed(item, diveSchema, list, what, warnings)
    if (dive === null) continue
    const name = classes?.[dive.label] ?? null
    if (classes !== null && name === null) {
      warnings.add('class', list, item.line, `class ${dive.label} is not in ${VOCABULARY}`)
    }
    const className = name ?? `class ${String(dive.label).padStart(2, '0')}`
    entries.push({ key: dive.vid_name, class: className, split, list, line: item.line })
  }
  return entries
}

function parsed<T>(
  { text, line }: JsonItem,
  schema: z.ZodType<T>,
  label: string,
  what: string,
  warnings: Warnings,
): T | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    const got = excerpt(text.replaceAll(/\s+/g, ' '))
    warnings.add('malformed', label, line, `expected ${what}, got '${got}'`)
    return null
  }
}

/** The folder that has one of the version's lists. */
async function findLists(
  version: Version,
  { folder, annotations }: Source,
): Promise<string | null> {
  const wanted: string[] = Object.values(LISTS[version])
  for (const place of LIST_FOLDERS.map((name) => join(annotations ?? folder, name))) {
    if ((await fileNames(place)).some((name) => wanted.includes(name))) return place
  }
  return null
}

/** Where the folder of the videos itself was chosen, lists lie beside it. */
function beside(source: Source): Source {
  return { ...source, folder: dirname(source.folder) }
}
