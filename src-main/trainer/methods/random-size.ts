import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { BatchPlace } from './learner.ts'

/** Tells the draws of sizes from others. */
const SIZES = 0x73697a65

/**
 * The size of the clips of a batch in pixels, one of a list, all equally likely. In a trial it is the
 * largest, for memory, or the one whose area is nearest to the mean area, for time: an encoder takes time
 * about in proportion to pixels.
 */
export function drawSize(
  sizes: readonly number[],
  seed: number,
  { batch, standsFor }: Pick<BatchPlace, 'batch' | 'standsFor'>,
): number {
  if (standsFor === 'memory') return Math.max(...sizes)
  if (standsFor === 'time') {
    const area = sizes.reduce((sum, size) => sum + size ** 2, 0) / sizes.length
    const distance = (size: number): number => Math.abs(size ** 2 - area)
    return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best))
  }
  return sizes[new Rng(deriveSeed(seed, SIZES, batch)).int(sizes.length)]
}

/**
 * Clips in another size: [B, T, H, W, C] -> [B, T, size, size, C], bilinear between the centres of pixels,
 * without a gradient. Nothing is smoothed before clips become smaller, as nothing is where the loader
 * resizes crops, so that one rule holds for all sizes.
 */
export function resizeClips(engine: Engine, x: Tensor, size: number): Tensor {
  const [b, t, h, w, c] = x.shape
  if (h === size && w === size) return x
  const frames = engine.reshape(x, [b * t, h, w, c])
  const resized = engine.op(
    'ResizeBilinear',
    [frames, engine.ints([size, size])],
    [
      attribute.type('T', x.dtype),
      attribute.bool('align_corners', false),
      attribute.bool('half_pixel_centers', true),
    ],
  )
  return engine.cast(engine.reshape(resized, [b, t, size, size, c]), x.dtype)
}
