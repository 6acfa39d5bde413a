import { Option, type Command } from 'commander'
import {
  maskStateSchema,
  queueQuerySchema,
  type ClipWindow,
  type MaskState,
  type QueueQuery,
} from '#shared/contract/mask-windows.ts'
import { splitSchema, type Split } from '#shared/contract/videos.ts'
import { lastStart } from '#shared/fame/clip-window.ts'
import type { Store } from '../../../store/store.ts'
import { UsageError, wholeNumber } from '../arguments.ts'

const anyId = wholeNumber(1, Number.MAX_SAFE_INTEGER)
/** Windows read from the queue at a time. */
const PAGE = 500

export interface QueueFilterOptions {
  datasetId?: number
  class?: string
  split?: Split
  states?: MaskState[]
}

/** The filters of the review queue as options of a command. */
export function withQueueFilter(command: Command): Command {
  return command
    .option('--dataset-id <id>', 'only this data set', anyId)
    .option('--class <name>', 'only this class')
    .addOption(new Option('--split <name>', 'only this split').choices(splitSchema.options))
    .option('--states <list>', 'only clips in these states, such as corrected,approved', maskStates)
}

export function queueFilterOf(options: QueueFilterOptions): QueueQuery {
  const { datasetId, class: name, split, states } = options
  return { datasetId, class: name, split, states }
}

/** Reads a list of states. @throws UsageError for one that there is not */
export function maskStates(text: string): MaskState[] {
  return text.split(',').map((name) => {
    const { data } = maskStateSchema.safeParse(name.trim())
    if (data) return data
    throw new UsageError(
      `There is no state ${name}. Expected ${maskStateSchema.options.join(', ')}.`,
    )
  })
}

/** Frames and stride of a clip. */
export function withClipShape(command: Command): Command {
  return command
    .option('--frames <n>', 'frames in the clip', wholeNumber(2, 128), 16)
    .option('--stride <n>', 'distance between two frames', wholeNumber(1, 32), 2)
}

export type WindowOptions = QueueFilterOptions & {
  video?: number[]
  start?: number
  frames: number
  stride: number
  all?: true
}

/** Which clips are meant: those of videos named by number, or those of the queue that pass a filter. */
export function withWindows(command: Command): Command {
  const collect = (text: string, before: number[] = []): number[] => [...before, anyId(text)]
  return withQueueFilter(withClipShape(command))
    .addOption(
      new Option('--video <ids...>', 'one clip of each of these videos').argParser(collect),
    )
    .option(
      '--start <frame>',
      'first frame of the clip (default: the clip in the middle)',
      wholeNumber(0, 2 ** 31),
    )
    .option('--all', 'all clips of the review queue')
}

/**
 * @throws UsageError when nothing says which clips are meant
 * @throws WorkbenchError when there is no such video
 */
export function windowsOf(store: Store, options: WindowOptions): ClipWindow[] {
  if (options.video) return options.video.map((id) => windowOf(store, id, options))
  const { datasetId, class: name, split, states, all } = options
  if ([datasetId, name, split, states, all].every((value) => value === undefined)) {
    throw new UsageError('Expected --video, a filter of the review queue, or --all.')
  }
  const windows: ClipWindow[] = []
  for (let offset = 0; ; offset += PAGE) {
    const query = queueQuerySchema.parse({ ...queueFilterOf(options), offset, limit: PAGE })
    const { items } = store.maskQueue.page(query)
    if (items.length === 0) return windows
    for (const { videoId, start, frames, stride } of items) {
      windows.push({ videoId, start, frames, stride })
    }
  }
}

function windowOf(store: Store, videoId: number, options: WindowOptions): ClipWindow {
  const { frames, stride } = options
  const length = store.videos.get(videoId).frames ?? 0
  const middle = Math.floor(lastStart({ frames, stride }, length) / 2)
  return { videoId, start: options.start ?? middle, frames, stride }
}
