import { mergeClips } from '#shared/fame/merge.ts'
import type { Background, ViewSpec } from '#shared/views/view-spec.ts'
import type { Augmenter } from './transforms/augment.ts'
import { mixFrame } from './transforms/frame-mix.ts'
import { showClip } from './transforms/show.ts'

export interface MergedClip {
  /** [T, S, S, 3] whose foreground stays. */
  x: Float32Array
  /** [T, S, S, 3] the clip of the slot that gives its background. */
  partner: Float32Array
  /** [S, S], or one a frame: [T, S, S] */
  mask: Uint8Array
  /** S * S */
  pixels: number
  /** [T, S, S, 3] receives the merged clip; holds the background before where that is `intra`. */
  out: Float32Array
}

/** x*m + y*(1-m), where y is what the background says. */
export function mergeBackground(background: Background, clip: MergedClip): void {
  const { x, partner, mask, pixels, out } = clip
  if (mask.length > pixels) return mergeFrames(background, clip)
  switch (background.kind) {
    case 'inter':
      mergeClips(x, partner, mask, out)
      return
    case 'intra':
      mergeClips(x, out, mask, out)
      return
    case 'static': {
      const length = mask.length * 3
      const start = background.frame * length
      mergeStill(x, partner.subarray(start, start + length), mask, out)
      return
    }
    case 'none':
      mergeStill(x, new Float32Array(mask.length * 3), mask, out)
      return
  }
}

/** Each frame by its own mask. */
function mergeFrames(background: Background, { x, partner, mask, pixels, out }: MergedClip): void {
  const length = 3 * pixels
  const frame = (clip: Float32Array, t: number) => clip.subarray(t * length, (t + 1) * length)
  const still =
    background.kind === 'static' ? frame(partner, background.frame) : new Float32Array(length)
  for (let t = 0; t * length < x.length; t++) {
    const to = frame(out, t)
    const moving = background.kind === 'inter' ? frame(partner, t) : to
    const isStill = background.kind === 'static' || background.kind === 'none'
    const own = mask.subarray(t * pixels, (t + 1) * pixels)
    mergeClips(frame(x, t), isStill ? still : moving, own, to)
  }
}

/** The same picture behind every frame. @param y [S, S, 3] */
function mergeStill(x: Float32Array, y: Float32Array, mask: Uint8Array, out: Float32Array): void {
  for (let start = 0; start < x.length; start += y.length) {
    const end = start + y.length
    mergeClips(x.subarray(start, end), y, mask, out.subarray(start, end))
  }
}

/**
 * Brings a clip into the form in which it is shown, changes its colours as they were drawn, normalises
 * them and mixes a frame in, in place. Mixing is linear, so it may follow the normalisation.
 * @param clip [T, S, S, 3], floats in [0, 1]
 * @param isFlow whether it is flow
 */
export function finishClip(
  clip: Float32Array,
  spec: Pick<ViewSpec, 'indices' | 'look' | 'perFrame' | 'mix' | 'order' | 'turn'>,
  augmenter: Augmenter,
  isFlow = false,
): void {
  const { indices, look, perFrame, mix } = spec
  const frames = indices.length
  showClip(clip, spec, { frames, isFlow })
  if (perFrame) {
    const length = clip.length / frames
    perFrame.forEach((frame, t) => {
      augmenter.finish(clip.subarray(t * length, (t + 1) * length), frame.look)
    })
  } else {
    augmenter.finish(clip, look)
  }
  if (mix) mixFrame(clip, frames, mix)
}
