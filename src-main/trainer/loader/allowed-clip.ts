import type { ClipShape } from '#shared/fame/clip-window.ts'
import { overlapsAny, startsOutside } from '#shared/masks/window.ts'
import type { Rng } from '#shared/random/rng.ts'
import { clipIndices, drawClip } from '../../video/clip-sampling.ts'
import type { ListedWindow } from '../process/messages.ts'

export interface AllowedClip {
  /** [T] frame indices; the first is the clip's start. */
  indices: number[]
  /** Whether the first draw fell on a rejected window. */
  isRedrawn: boolean
}

/**
 * Draws a clip as `drawClip`; one that overlaps a rejected window by half or more is drawn again
 * among the starts that do not. So every allowed start is equally likely, and where nothing is
 * rejected the clips are those that they would be without corrections.
 * @param length frames of the video
 * @throws Error when every start is rejected
 */
export function drawAllowedClip(
  rng: Rng,
  length: number,
  shape: ClipShape,
  windows: readonly ListedWindow[] = [],
): AllowedClip {
  const { frames, stride } = shape
  const indices = drawClip(rng, length, shape)
  const rejected = windows.filter(({ state }) => state === 'rejected')
  if (!overlapsAny({ start: indices[0], frames, stride }, rejected, length)) {
    return { indices, isRedrawn: false }
  }
  const starts = startsOutside({ frames, stride }, rejected, length)
  if (starts.length === 0) throw new Error('All of its clips are rejected.')
  const start = starts[rng.int(starts.length)]
  return { indices: clipIndices(start, length, shape), isRedrawn: true }
}
