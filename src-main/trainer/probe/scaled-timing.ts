import type { StepTiming } from '#shared/contract/estimates.ts'
import type { KeptVideos } from '../loader/clip-loader.ts'

interface Pace {
  /** Seconds that the encoder takes for a batch. */
  compute: number
  /** Seconds from batch to batch, waiting for clips included. */
  interval: number
}

/** What was measured at one size of batch. */
export interface BatchTiming {
  /** Videos a batch. */
  batch: number
  /** Seconds for the clips of a batch whose videos are decoded, with nothing else going on. */
  load: number
  /** The same for videos whose frames are in memory, where they are kept. */
  loadAgain: number
  /** Training on videos that are decoded. */
  first: Pace
  /** Training on the same videos again. */
  again: Pace
  kept: KeptVideos
  /** Largest resident memory until then and so far, in bytes. */
  before: number
  memory: number
}

/**
 * What the whole batch takes. Time is scaled from the largest batch that was tried, memory drawn out
 * along the line through the last two.
 * @param tried from small to large, at least one
 * @param videos in the data set
 */
export function scaledTiming(
  tried: readonly BatchTiming[],
  batch: number,
  videos: number,
): Pick<StepTiming, 'timed' | 'compute' | 'first' | 'later' | 'kept' | 'memory'> {
  const { batch: timed, load, loadAgain, first, again, kept } = tried.at(-1)!
  const scale = batch / timed
  return {
    timed,
    compute: scale * again.compute,
    // A few batches are ready before the first is trained on: loading shows in full by itself only.
    first: scale * Math.max(first.interval, load),
    later: scale * Math.max(again.interval, loadAgain),
    kept: keptShare(kept, videos),
    memory: memoryFor(tried, batch),
  }
}

/** Memory that a batch of this size takes, in bytes. */
export function memoryFor(tried: readonly BatchTiming[], batch: number): number {
  const last = tried.at(-1)!
  const before = tried.at(-2) ?? { batch: 0, memory: last.before }
  const perVideo = Math.max(0, (last.memory - before.memory) / (last.batch - before.batch))
  return last.memory + perVideo * (batch - last.batch)
}

/** Part of a data set whose frames have room in memory. */
function keptShare({ videos, bytes, room }: KeptVideos, all: number): number {
  if (videos === 0) return 0
  return Math.min(1, room / ((bytes / videos) * all))
}
