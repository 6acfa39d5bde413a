import type { StepTiming } from '#shared/contract/estimates.ts'
import type { KeptVideos } from '../loader/clip-loader.ts'

/** What `scaledTiming` says of a batch. */
export type ScaledTiming = ReturnType<typeof scaledTiming>

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
  /** Largest resident memory so far, in bytes. */
  memory: number
  /** The same after one batch of twice the size; that of the whole batch is not tried. */
  doubled: number
}

/**
 * What the whole batch takes, from the largest that was tried.
 * @param tried from small to large, at least one
 * @param videos in the data set
 */
export function scaledTiming(
  tried: readonly BatchTiming[],
  batch: number,
  videos: number,
): Pick<StepTiming, 'timed' | 'compute' | 'first' | 'later' | 'kept' | 'memory'> {
  const last = tried.at(-1)!
  const { batch: timed, load, loadAgain, first, again, kept } = last
  const scale = batch / timed
  return {
    timed,
    compute: scale * again.compute,
    // A few batches are ready before the first is trained on: loading shows in full by itself only.
    first: scale * Math.max(first.interval, load),
    later: scale * Math.max(again.interval, loadAgain),
    kept: keptShare(kept, videos),
    memory: memoryFor(last, batch),
  }
}

/** Memory that a batch of this size takes, in bytes: along the line through a size and its double. */
export function memoryFor({ batch: timed, memory, doubled }: BatchTiming, batch: number): number {
  const perVideo = Math.max(0, doubled - memory) / timed
  return memory + perVideo * (batch - timed)
}

/** Part of a data set whose frames have room in memory. */
function keptShare({ videos, bytes, room }: KeptVideos, all: number): number {
  if (videos === 0) return 0
  return Math.min(1, room / ((bytes / videos) * all))
}

/** What a batch takes in the mean of a run's phases. @param phases with the part of each, in [0, 1] */
export function meanTiming(
  phases: readonly { timing: ScaledTiming; share: number }[],
): ScaledTiming {
  const mean = (name: 'compute' | 'first' | 'later' | 'kept'): number =>
    phases.reduce((sum, { timing, share }) => sum + share * timing[name], 0)
  return {
    timed: Math.min(...phases.map(({ timing }) => timing.timed)),
    compute: mean('compute'),
    first: mean('first'),
    later: mean('later'),
    kept: mean('kept'),
    memory: Math.max(...phases.map(({ timing }) => timing.memory)),
  }
}
