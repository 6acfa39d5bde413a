import { Option, type Command } from 'commander'
import {
  maskChoiceSchema,
  splitChoiceSchema,
  type LibraryFilter,
  type MaskChoice,
  type SplitChoice,
} from '#shared/contract/library.ts'
import type { Store } from '../../../store/store.ts'
import { realNumber, wholeNumber } from '../arguments.ts'

export interface FilterOptions {
  search?: string
  datasetId?: number
  class?: string[]
  split?: SplitChoice
  tag?: string[]
  masks?: MaskChoice[]
  minFrames?: number
  maxFrames?: number
  minMb?: number
  maxMb?: number
  damaged?: true
  readable?: true
}

const anyCount = wholeNumber(0, Number.MAX_SAFE_INTEGER)
const anySize = realNumber(0, Number.MAX_SAFE_INTEGER)

/** The filters of a library as options of a command. */
export function withFilterOptions(command: Command): Command {
  return command
    .option(
      '--search <words>',
      'only videos whose path, class or tags have words that begin with these',
    )
    .option('--dataset-id <id>', 'only this data set', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--class <names...>', 'only these classes')
    .addOption(new Option('--split <name>', 'only this split').choices(splitChoiceSchema.options))
    .option('--tag <names...>', 'only videos with one of these tags')
    .addOption(
      new Option('--masks <states...>', 'only videos with a mask in one of these states').choices(
        maskChoiceSchema.options,
      ),
    )
    .option('--min-frames <n>', 'only videos with at least this many frames', anyCount)
    .option('--max-frames <n>', 'only videos with at most this many frames', anyCount)
    .option('--min-mb <n>', 'only files of at least this many MB', anySize)
    .option('--max-mb <n>', 'only files of at most this many MB', anySize)
    .addOption(new Option('--damaged', 'only damaged files').conflicts('readable'))
    .option('--readable', 'only files that could be read')
}

/** @throws WorkbenchError when the options name a data set that is not there. */
export function checkDataset({ datasets }: Store, { datasetId }: FilterOptions): void {
  if (datasetId !== undefined) datasets.get(datasetId)
}

export function filterOf(options: FilterOptions): LibraryFilter {
  const { search, datasetId, split, tag, minMb, maxMb } = options
  const bytes = (megabytes: number | undefined): number | undefined =>
    megabytes === undefined ? undefined : Math.round(megabytes * 1e6)
  return {
    search,
    datasets: datasetId === undefined ? undefined : [datasetId],
    classes: options.class,
    splits: split === undefined ? undefined : [split],
    tags: tag,
    masks: options.masks,
    length: { min: options.minFrames, max: options.maxFrames },
    size: { min: bytes(minMb), max: bytes(maxMb) },
    damaged: options.damaged ? true : options.readable ? false : undefined,
  }
}
