/**
 * The augmentations of the reference recipe, in its order: a view (random resized crop, flip) is
 * drawn and cut from the decoded frames; the caller merges views by FAME; then the look is changed
 * (grayscale, colour jitter, blur) and colours are normalised. One draw holds for all frames.
 */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { ClipError, type FloatClip } from '#shared/fame/clip.ts'
import { PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { cropAndResize, type PaddedClip } from '#shared/fame/resample.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { Look, ViewSpec } from '#shared/views/view-spec.ts'
import { blurClip, blurKernelSize, drawBlurSigma } from './blur.ts'
import { drawColourJitter, dropColour, jitterColours, normaliseColours } from './colour.ts'
import { drawResizedCrop } from './crop.ts'

/** Where a clip is cut from its frames. */
export type Cut = Pick<ViewSpec, 'box' | 'flip'>

export function drawCut(
  rng: Rng,
  frame: { height: number; width: number },
  config: Pick<PretrainConfig, 'cropScaleMin' | 'flip'>,
): Cut {
  const box = drawResizedCrop(rng, frame.height, frame.width, { scaleMin: config.cropScaleMin })
  return { box, flip: rng.chance(config.flip) }
}

export function drawLook(
  rng: Rng,
  config: Pick<PretrainConfig, 'grayscale' | 'jitter' | 'blur'>,
): Look {
  return {
    grayscale: rng.chance(config.grayscale),
    jitter: rng.chance(config.jitter) ? drawColourJitter(rng) : null,
    blurSigma: rng.chance(config.blur) ? drawBlurSigma(rng) : null,
  }
}

/** Applies drawn augmentations to clips of one size; its buffers are made once. */
export class Augmenter {
  readonly size: number
  private readonly blur: PlaneBlur
  private readonly taps: number

  /** @param size height and width of the clips in pixels */
  constructor(size: number) {
    this.size = size
    this.blur = new PlaneBlur(size, size, 3)
    this.taps = blurKernelSize(size)
  }

  /**
   * Cuts the view out of decoded frames.
   * @param frames [T, H, W, 3] bytes
   * @param out [T, size, size, 3]; receives floats in [0, 1]; may lie on a SharedArrayBuffer
   */
  cut(frames: PaddedClip, view: Cut, out: Float32Array): void {
    cropAndResize(frames, view.box, this.size, view.flip, out)
  }

  /**
   * Changes the look of a clip and normalises its colours, in place.
   * @param data [T, size, size, 3], floats in [0, 1]
   */
  finish(data: Float32Array, look: Look): void {
    const clip = this.asClip(data)
    if (look.grayscale) dropColour(clip)
    if (look.jitter) jitterColours(clip, look.jitter)
    if (look.blurSigma !== null) blurClip(clip, this.blur, this.taps, look.blurSigma)
    normaliseColours(clip)
  }

  private asClip(data: Float32Array): FloatClip {
    const frames = data.length / (this.size * this.size * 3)
    if (!Number.isInteger(frames)) {
      throw new ClipError(
        `Expected whole frames of ${this.size} x ${this.size} x 3, got ${data.length} values.`,
      )
    }
    return { data, frames, height: this.size, width: this.size }
  }
}
