import { clipSpan, startCount, type ClipShape } from '#shared/fame/clip-window.ts'
import { overlapsAny } from '#shared/masks/window.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { drawStarts, type JointLaw } from '#shared/views/interval.ts'
import { clipIndices } from '../../video/clip-sampling.ts'
import type { ListedWindow } from '../process/messages.ts'
import { drawAllowedClip, type AllowedClip } from './allowed-clip.ts'

/** Tells the draw of the starts from those of single clips. */
const STARTS = 5
/** Draws of all starts before rejected clips are drawn by themselves. */
const TRIES = 20

/**
 * Draws the clips of a video with an interval of the given law between them. In a video that is
 * shorter than a clip every frame is an equally likely start of each. Where a clip overlaps a
 * rejected window, all of them are drawn again, up to 20 times; a clip that still does takes an
 * allowed start of its own.
 * @param seeds one a clip, at least 2; the first gives the starts
 * @returns one a clip, in the order of the seeds
 * @throws Error where every start is rejected
 */
export function drawTogether(
  shape: ClipShape & { intervalPower: number },
  law: JointLaw,
  seeds: readonly number[],
  { length, windows = [] }: { length: number; windows?: readonly ListedWindow[] },
): AllowedClip[] {
  const { frames, stride } = shape
  const rng = new Rng(deriveSeed(seeds[0], STARTS))
  const rejected = windows.filter(({ state }) => state === 'rejected')
  const isRejected = (start: number): boolean =>
    rejected.length > 0 && overlapsAny({ start, frames, stride }, rejected, length)
  const first = drawOnce(rng, shape, law, seeds.length, length)
  let starts = first
  for (let i = 1; i < TRIES && starts.some(isRejected); i++) {
    starts = drawOnce(rng, shape, law, seeds.length, length)
  }
  return starts.map((start, i) =>
    isRejected(start)
      ? { ...drawAllowedClip(rng, length, shape, windows), isRedrawn: true }
      : { indices: clipIndices(start, length, shape), isRedrawn: isRejected(first[i]) },
  )
}

function drawOnce(
  rng: Rng,
  shape: ClipShape & { intervalPower: number },
  law: JointLaw,
  clips: number,
  length: number,
): number[] {
  const M = startCount(shape, length)
  if (clipSpan(shape) > length) return Array.from({ length: clips }, () => rng.int(M))
  return drawStarts(rng, law, { clips, M, power: shape.intervalPower })
}
