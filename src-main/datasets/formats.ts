import {
  datasetFormats,
  formatsWithSplitLists,
  formatTitles,
  type DatasetFormat,
} from '#shared/contract/indexing.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { classFolders } from './class-folders.ts'
import { davis } from './davis.ts'
import { diving48, diving48V1 } from './diving48.ts'
import { realFolder } from './files.ts'
import { hmdb51 } from './hmdb51.ts'
import { kinetics } from './kinetics.ts'
import type { Format, Listing, Source } from './listing.ts'
import { somethingSomething } from './something-something.ts'
import { ucf101 } from './ucf101.ts'

const formats: Record<DatasetFormat, Format> = {
  ucf101,
  hmdb51,
  diving48,
  'diving48-v1': diving48V1,
  kinetics,
  'something-something-v2': somethingSomething,
  davis,
  folder: classFolders,
}

export interface ListRequest {
  folder: string
  /** Without it, or as `auto`, it is recognised. */
  format?: DatasetFormat | 'auto'
  /** Folder of the lists where they do not lie with the videos. */
  annotations?: string
  /** Which of three splits; without it the first. */
  splitList?: number
}

export interface ListedDataset extends Listing {
  format: DatasetFormat
  annotations: string | null
  splitList: number
  /** A sentence on what was recognised and why; null where the format was chosen. */
  note: string | null
}

/**
 * Lists the videos of a data set with their classes and splits.
 * @throws WorkbenchError when there is no such folder, its format cannot be told, it does not hold a
 * data set of the chosen format, or that format has but one split and another was asked for.
 */
export async function listDataset(request: ListRequest): Promise<ListedDataset> {
  const { format: chosen = 'auto' } = request
  const source: Source = {
    folder: await realFolder(request.folder),
    annotations: request.annotations === undefined ? null : await realFolder(request.annotations),
    splitList: request.splitList ?? 1,
  }
  const recognised = chosen === 'auto' ? await recognise(source) : null
  const format = recognised?.format ?? formats[chosen as DatasetFormat]
  const { title } = formatTitles[format.format]
  const { annotations, splitList } = source
  if (splitList !== 1 && !formatsWithSplitLists.includes(format.format)) {
    throw new WorkbenchError(
      `${title} has only one split. Leave out the number of the split (${splitList}).`,
    )
  }
  const note = recognised ? `Recognised ${title}: ${recognised.reason}.` : null
  const listing = withSplitWarning(await format.list(source))
  return { ...listing, format: format.format, annotations, splitList, note }
}

/**
 * Pretraining and every evaluation need to know which videos are for training. A format that has
 * said why there are no splits has been understood.
 */
function withSplitWarning(listing: Listing): Listing {
  const { videos, warnings, counts, name } = listing
  const known = (counts.unreadable ?? 0) + (counts.unlisted ?? 0) + (counts.class ?? 0) > 0
  if (known || videos.some(({ split }) => split !== null)) return listing
  const text =
    `${name}: no video has a split, so there are no training and no test videos. Put ` +
    'them into the folders train and test, or name the folder of their lists'
  return { ...listing, warnings: [...warnings, text], counts: { ...counts, split: videos.length } }
}

interface Recognised {
  format: Format
  reason: string
}

async function recognise(source: Source): Promise<Recognised> {
  const { folder, ...special } = formats
  const found: Recognised[] = []
  for (const format of Object.values(special)) {
    const reason = await format.recognise(source)
    if (reason !== null) found.push({ format, reason })
  }
  if (found.length > 1) throw ambiguous(source, found)
  if (found.length === 1) return found[0]
  const reason = await folder.recognise(source)
  if (reason === null) throw unrecognised(source)
  return { format: folder, reason }
}

function ambiguous({ folder }: Source, found: readonly Recognised[]): WorkbenchError {
  const candidates = found.map(({ format, reason }) => {
    const { title } = formatTitles[format.format]
    return `${title} (${format.format}), because ${reason}`
  })
  return new WorkbenchError(
    `${folder} fits more than one format: ${candidates.join('; ')}. Choose the format, or the ` +
      'folder of one data set.',
  )
}

function unrecognised({ folder, annotations }: Source): WorkbenchError {
  const lists = annotations === null ? '' : ` with lists in ${annotations}`
  const layouts = datasetFormats.map((format) => {
    const { title, layout } = formatTitles[format]
    return `${title} (${format}): ${layout}`
  })
  return new WorkbenchError(
    `No known data set format found in ${folder}${lists}. Looked for ${layouts.join('; ')}. ` +
      'Choose the folder that contains one of these, or the format.',
  )
}
