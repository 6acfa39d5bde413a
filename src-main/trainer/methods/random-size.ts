import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tensor } from '../engine/tensor.ts'

/** Tells the draws of sizes from others. */
const SIZES = 0x73697a65

/** The size of the clips of a batch, one of a list, all equally likely. */
export function drawSize(sizes: readonly number[], seed: number, batch: number): number {
  return sizes[new Rng(deriveSeed(seed, SIZES, batch)).int(sizes.length)]
}

/**
 * Clips in another size: [B, T, H, W, C] -> [B, T, size, size, C], bilinear between the centres of pixels,
 * without a gradient.
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
