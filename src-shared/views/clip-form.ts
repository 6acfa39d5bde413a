import type { ClipVariant } from '../methods/method.ts'
import type { Rng } from '../random/rng.ts'
import type { ClipForm } from './view-spec.ts'

/** A clip as it is, about which nothing is asked. */
export function plainForm(stride: number): ClipForm {
  return { stride, order: null, turn: 0, answer: null }
}

/**
 * Draws one of a clip's variants, each equally likely.
 *
 * Where a video is too short for the stride of a variant, the clip goes on at the video's beginning, as
 * in the code of Wang et al. (ECCV 2020). That code starts a clip at any frame and so
 * goes around the end of long videos too; here, clips of a video that is long enough lie within it,
 * because the jump from its end to its beginning would tell the fast clips from the slow ones.
 * @param shape frames T and stride of the run
 */
export function drawForm(
  rng: Rng,
  variants: readonly ClipVariant[],
  { frames, stride }: { frames: number; stride: number },
): ClipForm {
  const place = rng.int(variants.length)
  const { speed = 1, isReversed = false, order, turn = 0, answer = place } = variants[place]
  const factor = typeof speed === 'number' ? speed : rng.uniform(...speed)
  return { stride: stride * factor, order: frameOrder(frames, { isReversed, order }), turn, answer }
}

/**
 * Which frame stands at each place of a clip whose parts play in an order, then backwards where it is
 * reversed. Parts are as equal as the number of frames allows.
 * @returns [T], or null where that is the order in time
 */
export function frameOrder(
  frames: number,
  { isReversed = false, order }: Pick<ClipVariant, 'isReversed' | 'order'>,
): number[] | null {
  if (!isReversed && !order) return null
  const all = Array.from({ length: frames }, (_, t) => t)
  const parts = order?.length ?? 1
  const from = (part: number): number => Math.floor((part * frames) / parts)
  const played = order ? order.flatMap((part) => all.slice(from(part), from(part + 1))) : all
  return isReversed ? played.reverse() : played
}
