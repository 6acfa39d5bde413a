/**
 * The augmentations of a clip: a view (random resized crop, flip) is cut from the decoded frames; the
 * caller merges views by FAME; then the look is changed and colours are normalised.
 */
import type { InputScaling } from '#shared/encoders/scaling.ts'
import { ClipError, type FloatClip } from '#shared/fame/clip.ts'
import { PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { cropAndResize, type PaddedClip } from '#shared/fame/resample.ts'
import type { Cut, Look } from '#shared/views/view-spec.ts'
import { blurClip, blurKernelSize } from './blur.ts'
import { dropColour, jitterColours, normaliseColours, solariseColours } from './colour.ts'

/** A flip of flow turns motions to the right into motions to the left: (-u + 20) / 40 = 1 - (u + 20) / 40. */
function negateHorizontal(data: Float32Array): void {
  for (let i = 0; i < data.length; i += 3) data[i] = 1 - data[i]
}

/** Applies drawn augmentations to clips of one size; its buffers are made once. */
export class Augmenter {
  readonly size: number
  /** What the encoder wants of colours. */
  readonly scaling: InputScaling
  private readonly blur: PlaneBlur
  private readonly taps: number
  readonly negatesFlow: boolean

  /**
   * @param size height and width of the clips in pixels
   * @param negatesFlow whether clips are flow whose u a flip negates; default false
   */
  constructor(
    size: number,
    scaling: InputScaling,
    { negatesFlow = false }: { negatesFlow?: boolean } = {},
  ) {
    this.size = size
    this.scaling = scaling
    this.negatesFlow = negatesFlow
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
    if (view.flip && this.negatesFlow) negateHorizontal(out)
  }

  /**
   * Changes the look of a clip, or of some of its frames, and scales colours for the encoder, in place.
   * @param data [T, size, size, 3], floats in [0, 1]
   */
  finish(data: Float32Array, look: Look): void {
    const clip = this.asClip(data)
    const { grayscale, jitter, isJitterFirst, blurSigma } = look
    if (grayscale && !isJitterFirst) dropColour(clip)
    if (jitter) jitterColours(clip, jitter)
    if (grayscale && isJitterFirst) dropColour(clip)
    if (blurSigma !== null) blurClip(clip, this.blur, this.taps, blurSigma)
    if (look.isSolarised) solariseColours(clip)
    normaliseColours(clip, this.scaling)
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
