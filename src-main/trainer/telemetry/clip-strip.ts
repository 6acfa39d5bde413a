import { relative } from 'node:path'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ClipStrip, DrawnView, StripRow } from '#shared/contract/clip-strip.ts'
import { encoders } from '#shared/encoders/index.ts'
import { unitScaling, type InputScaling } from '#shared/encoders/scaling.ts'
import { viewsOf } from '#shared/methods/index.ts'
import { isSameCut, type ViewSpec } from '#shared/views/view-spec.ts'
import type { StripPicture } from '../../store/clip-strip-file.ts'
import type { Batch } from '../loader/clip-loader.ts'
import type { TrainerVideo } from '../process/messages.ts'

/** Clips of a batch, frames of a clip and pixels of a side that are shown at most. */
const CLIPS = 4
const FRAMES = 8
const SIDE = 128

export interface StripSource {
  batch: Batch
  /** The optimiser step that takes it, counted from 1. */
  step: number
  config: PretrainConfig
  videos: readonly TrainerVideo[]
  /** Absolute folder of the data set. */
  root: string
}

/** A few clips of a batch as the encoder takes them, views that it does not take left out, made smaller by whole factors. */
export function drawClipStrip(source: StripSource): StripPicture {
  const { batch, step, config } = source
  const { views, cut } = batch
  const names = viewsOf(config).map(({ name }) => name)
  const shown = names.filter((_, view) => views[view].length > 0)
  const rows: StripRow[] = cut ? [names[0], 'mask', 'merged', ...shown.slice(1)] : shown
  const shrink = Math.ceil(config.size / SIDE)
  const side = Math.floor(config.size / shrink)
  const frames = Math.min(FRAMES, config.frames)
  const clips = Array.from({ length: Math.min(CLIPS, batch.videos.length) }, (_, slot) =>
    clipFacts(source, slot),
  )
  const raster = new Raster({ side, shrink, size: config.size, frames, taken: config.frames })
  const pixels = raster.allocate(clips.length * rows.length)
  clips.forEach((_, slot) => {
    rows.forEach((row, i) => {
      const at = slot * rows.length + i
      if (row === 'mask') raster.drawMask(pixels, at, cut!.masks, slot)
      else if (row === names[0] && cut) raster.drawClip(pixels, at, cut.clips, slot, unitScaling)
      else {
        const view = row === 'merged' ? 0 : names.indexOf(row)
        raster.drawClip(pixels, at, views[view], slot, encoders[config.model].scaling)
      }
    })
  })
  return { strip: { step, side, frames, rows, clips }, pixels }
}

/** Of which video a slot's clips are, what is behind the first one, and what was drawn of them. */
function clipFacts({ batch, videos, root }: StripSource, slot: number): ClipStrip['clips'][number] {
  const { plan, drawn } = batch
  const taken = [...batch.videos, ...batch.lenders]
  const pathOf = (of: number): string => relative(root, videos[taken[of]].path)
  const kind = drawn[slot][0].background?.kind
  const lender = { inter: plan.partners[0][slot], static: plan.partners[0][slot], intra: slot }
  const background = kind === undefined || kind === 'none' ? null : pathOf(lender[kind])
  return { video: pathOf(slot), background, views: drawn[slot].map(drawnView) }
}

function drawnView(spec: ViewSpec): DrawnView {
  const { indices, flip, look, perFrame, background, mix } = spec
  const isCutByFrame = perFrame?.some((frame) => !isSameCut(frame, spec)) ?? false
  return {
    start: indices[0],
    turn: spec.turn,
    isReordered: spec.order !== null,
    answer: spec.answer,
    isColouredByFrame: perFrame !== null && !isCutByFrame,
    isMirrored: flip,
    grayscale: look.grayscale,
    isJittered: look.jitter !== null,
    blurSigma: look.blurSigma,
    isSolarised: look.isSolarised,
    isPerFrame: isCutByFrame,
    background: background?.kind ?? null,
    mix,
  }
}

interface RasterShape {
  side: number
  /** Pixels of a clip, along each axis, that make one of the raster. */
  shrink: number
  /** Side of a clip. */
  size: number
  /** Frames drawn of a clip. */
  frames: number
  /** Frames that it has. */
  taken: number
}

class Raster {
  private readonly shape: RasterShape

  constructor(shape: RasterShape) {
    this.shape = shape
  }

  allocate(rows: number): Uint8Array {
    const { side, frames } = this.shape
    return new Uint8Array(rows * side * frames * side * 3)
  }

  /**
   * @param clips [B, T, size, size, 3]
   * @param scaling how their colours were scaled
   */
  drawClip(
    pixels: Uint8Array,
    row: number,
    clips: Float32Array,
    slot: number,
    { mean, deviation }: InputScaling,
  ): void {
    const { size, frames, taken } = this.shape
    const length = size * size * 3
    for (let column = 0; column < frames; column++) {
      const frame = Math.floor((column * taken) / frames)
      const from = (slot * taken + frame) * length
      const picture = clips.subarray(from, from + length)
      for (let channel = 0; channel < 3; channel++) {
        const tone = { channels: 3, channel, scale: deviation[channel], shift: mean[channel] }
        this.drawChannel(pixels, { row, column, channel }, picture, tone)
      }
    }
  }

  /** @param masks [B, size, size] */
  drawMask(pixels: Uint8Array, row: number, masks: Uint8Array, slot: number): void {
    const length = this.shape.size ** 2
    const mask = masks.subarray(slot * length, (slot + 1) * length)
    for (let channel = 0; channel < 3; channel++) {
      const tone = { channels: 1, channel: 0, scale: 1, shift: 0 }
      this.drawChannel(pixels, { row, column: 0, channel }, mask, tone)
    }
  }

  /** Takes the mean of each square of `shrink` x `shrink` pixels. */
  private drawChannel(
    pixels: Uint8Array,
    at: { row: number; column: number; channel: number },
    picture: Float32Array | Uint8Array,
    tone: { channels: number; channel: number; scale: number; shift: number },
  ): void {
    const { side, shrink, size, frames } = this.shape
    const scale = (255 * tone.scale) / shrink ** 2
    const shift = 255 * tone.shift + 0.5
    for (let y = 0; y < side; y++) {
      let to = ((at.row * side + y) * frames * side + at.column * side) * 3 + at.channel
      for (let x = 0; x < side; x++, to += 3) {
        let sum = 0
        for (let v = 0; v < shrink; v++) {
          const line = ((y * shrink + v) * size + x * shrink) * tone.channels + tone.channel
          for (let u = 0; u < shrink; u++) sum += picture[line + u * tone.channels]
        }
        const value = sum * scale + shift
        pixels[to] = value < 0 ? 0 : value > 255 ? 255 : value
      }
    }
  }
}
