import { join } from 'node:path'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  contentLines,
  excerpt,
  folderName,
  isFolder,
  listLabel,
  readList,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { Warnings } from './warnings.ts'

const FRAMES = 'JPEGImages'
const ANNOTATIONS = 'Annotations'
const LISTS = 'ImageSets'
/** What the frames of one size are in; the first that is there is taken. */
const SIZES = ['480p', 'Full-Resolution', '1080p']
/** Folders of the lists; the newer set has the sequences of the older one and more. */
const YEARS = ['2017', '2016']
/** `val` is what papers report; the lists named test have no labels but of the first frame. */
const SPLITS: Record<string, Split> = { train: 'train', val: 'test' }

/**
 * DAVIS 2016 and 2017 (Perazzi et al., CVPR 2016; Pont-Tuset et al., 2017):
 * `JPEGImages/480p/<sequence>/*.jpg`, `Annotations/480p/<sequence>/*.png` with a label a pixel, and
 * `ImageSets/<year>/{train,val}.txt` with a sequence a line. There are no classes.
 */
export const davis: Format = { format: 'davis', recognise, list }

async function recognise({ folder }: Source): Promise<string | null> {
  const both = (await isFolder(join(folder, FRAMES))) && (await isFolder(join(folder, ANNOTATIONS)))
  return both ? `it has the folders ${FRAMES} and ${ANNOTATIONS}` : null
}

/** @throws WorkbenchError when the folder has no sequences */
async function list({ folder: root, annotations }: Source): Promise<Listing> {
  const warnings = new Warnings()
  const files = await findSequences(root, warnings)
  if (files.length === 0) {
    const expected = join(root, FRAMES, SIZES[0], '<sequence>', '00000.jpg')
    throw new WorkbenchError(
      `${root} has no videos in DAVIS's layout. Expected ${expected}; choose the folder that contains ${FRAMES}.`,
    )
  }
  const entries = await readSplits(root, annotations ?? join(root, LISTS), warnings)
  const options = { root: folderName(root), reportUnlisted: false }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function findSequences(root: string, warnings: Warnings): Promise<FoundVideo[]> {
  for (const size of SIZES) {
    const from = `${FRAMES}/${size}`
    if (!(await isFolder(join(root, from)))) continue
    const found: FoundVideo[] = []
    for await (const { folder, names } of walkVideos(root, { depth: 0, warnings, from })) {
      for (const name of names) {
        found.push({ path: `${folder}/${name}`, class: null, split: null, key: name })
      }
    }
    return found
  }
  return []
}

/** Null splits and a warning where there are no lists. */
async function readSplits(root: string, lists: string, warnings: Warnings): Promise<ListEntry[]> {
  for (const folder of [...YEARS.map((year) => join(lists, year)), lists]) {
    const entries: ListEntry[] = []
    for (const [name, split] of Object.entries(SPLITS)) {
      const file = join(folder, `${name}.txt`)
      const label = listLabel(root, file)
      const text = await readList(file, label, new Warnings())
      if (text !== null) entries.push(...parseDavisList(text, { split, label }, warnings))
    }
    if (entries.length > 0) return entries
  }
  const text = 'there are no lists train.txt and val.txt, so sequences have no split'
  warnings.add('unreadable', listLabel(root, lists), null, text)
  return []
}

/**
 * Reads a list of DAVIS: a sequence a line. Lines that could be no folder's name are warned of and
 * left out.
 */
export function parseDavisList(
  text: string,
  { split, label }: { split: Split; label: string },
  warnings: Warnings,
): ListEntry[] {
  return contentLines(text).flatMap(({ line, content }) => {
    if (/^[^\s/\\]+$/.test(content)) {
      return [{ key: content, class: null, split, list: label, line }]
    }
    const problem = `expected the name of a sequence, got '${excerpt(content)}'`
    warnings.add('malformed', label, line, problem)
    return []
  })
}
