import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ViewRow } from '#shared/contract/drawn-views.ts'
import { encoders } from '#shared/encoders/index.ts'
import { unitScaling, type InputScaling } from '#shared/encoders/scaling.ts'
import { fullMotion, motionOf, paintMotion } from '#shared/flow/colours.ts'
import type { PreparedView } from '../../trainer/loader/one-video.ts'

/** A raster of pictures: a column for each frame, and the rows one under another. */
export interface DrawnRows {
  rows: ViewRow[]
  data: Uint8Array // [rows * S, T * S, 3]
  width: number
  height: number
}

/** Puts the value of a row at a pixel of a frame into three bytes. */
type Paint = (frame: number, pixel: number, rgb: Uint8Array, at: number) => void

/**
 * Draws what a view is made of. Colours are the encoder's input without its scaling, in bytes; flow is
 * in the colours of the wheel on white.
 * @param of `source`: whole frames in [0, 1], [T, S, S, 3]; `flow`: size of the video's flow in pixels
 */
export function drawView(
  config: PretrainConfig,
  { spec, clip, merged }: PreparedView,
  of: { source: Float32Array; flow: { width: number; height: number } },
): DrawnRows {
  const { size, frames, model, modality } = config
  const pixels = size * size
  const isFlow = modality === 'flow' || spec.modality === 'flow'
  const { scaling } = encoders[model]
  const painted: Partial<Record<ViewRow, Paint>> = {
    clip: isFlow
      ? flow(clip, scaling, { pixels, full: fullMotion(of.flow) })
      : colours(clip, scaling, pixels),
    source: colours(of.source, unitScaling, pixels),
  }
  if (merged && !isFlow) {
    const asShown = (paint: Paint): Paint => {
      return (frame, ...rest) => paint(spec.order?.[frame] ?? frame, ...rest)
    }
    painted.cut = asShown(colours(merged.cut, unitScaling, pixels))
    painted.mask = asShown(masks(merged.masks, pixels))
    const { lender } = merged
    const still = spec.background?.kind === 'static' ? spec.background.frame : null
    if (lender) painted.background = asShown(colours(lender.cut, unitScaling, pixels, still))
  }
  const rows = Object.keys(painted) as ViewRow[]
  const [width, height] = [frames * size, rows.length * size]
  const data = new Uint8Array(width * height * 3)
  rows.forEach((row, r) => {
    for (let t = 0; t < frames; t++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const [y, x] = [r * size + Math.floor(pixel / size), t * size + (pixel % size)]
        painted[row]!(t, pixel, data, (y * width + x) * 3)
      }
    }
  })
  return { rows, data, width, height }
}

/** @param still the one frame that is shown in all; null for each its own */
function colours(
  clip: Float32Array,
  { mean, deviation }: InputScaling,
  pixels: number,
  still: number | null = null,
): Paint {
  return (frame, pixel, rgb, at) => {
    const from = ((still ?? frame) * pixels + pixel) * 3
    for (let c = 0; c < 3; c++) rgb[at + c] = byte(clip[from + c] * deviation[c] + mean[c])
  }
}

/** @param full pixels from frame to frame at which a motion has its full colour */
function flow(
  clip: Float32Array,
  { mean, deviation }: InputScaling,
  { pixels, full }: { pixels: number; full: number },
): Paint {
  const rgba = new Uint8ClampedArray(4)
  return (frame, pixel, rgb, at) => {
    const from = (frame * pixels + pixel) * 3
    const [u, v] = [0, 1].map((c) => motionOf(byte(clip[from + c] * deviation[c] + mean[c])))
    paintMotion(u, v, full, rgba, 0)
    for (let c = 0; c < 3; c++) rgb[at + c] = 255 + ((rgba[c] - 255) * rgba[3]) / 255
  }
}

/** @param mask [M, S, S], one for all frames or one a frame */
function masks(mask: Uint8Array, pixels: number): Paint {
  return (frame, pixel, rgb, at) => {
    rgb.fill(255 * mask[(frame * pixels + pixel) % mask.length], at, at + 3)
  }
}

function byte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(255 * value)))
}
