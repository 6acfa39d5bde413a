import { basename, dirname, join } from 'node:path'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { parseDiving48List, parseVocabulary, VOCABULARY } from './diving48-lists.ts'
import {
  fileNames,
  folderName,
  listLabel,
  readList,
  sampleVideos,
  stem,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { Warnings } from './warnings.ts'

const LISTS = {
  diving48: { train: 'Diving48_V2_train.json', test: 'Diving48_V2_test.json' },
  'diving48-v1': { train: 'Diving48_train.json', test: 'Diving48_test.json' },
} as const
type Version = keyof typeof LISTS
/** A YouTube id and the clip's number in that video. */
const OWN_NAME = /(^|\/)[\w-]{11}_\d{5}(?:\.\w+)?$/
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
  return own ? `its videos have names like ${basename(sample[0])}` : null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
async function list(version: Version, source: Source): Promise<Listing> {
  const root = source.folder
  const warnings = new Warnings()
  const files = await findVideos(root, warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${root} has no videos in Diving48's layout. Expected ${join(root, 'rgb', '<vid>.mp4')}; ` +
        'choose the folder that contains rgb.',
    )
  }
  const entries = await readSplits(version, source, warnings)
  const options = { root: folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function findVideos(root: string, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  const keys = new Set<string>()
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings })) {
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`
      const key = stem(name)
      if (keys.has(key)) warnings.add('duplicate', path, null, 'the same video exists twice')
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
      `there is no such list in ${root}, so videos have no class`,
    )
    return []
  }
  const read = async (name: string): Promise<ReadList> => {
    const label = listLabel(root, join(folder, name))
    return { text: await readList(join(folder, name), label, warnings), label }
  }
  const words = await read(VOCABULARY)
  const classes = words.text === null ? null : parseVocabulary(words.text, words.label, warnings)
  const ofSplit = ({ text, label }: ReadList, split: Split): ListEntry[] =>
    text === null ? [] : parseDiving48List(text, { split, label, classes }, warnings)
  return [...ofSplit(await read(train), 'train'), ...ofSplit(await read(test), 'test')]
}

interface ReadList {
  text: string | null
  /** What it is called in warnings. */
  label: string
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
