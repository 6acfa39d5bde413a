/**
 * The mask of a clip as numbers and as pictures. No state is kept, so it can run in any process or
 * thread.
 */
import sharp from 'sharp'
import type { MaskLayer, MaskSummary } from '#shared/contract/masks.ts'
import { checkClip, type ByteClip, type Clip } from '#shared/fame/clip.ts'
import { computeMask, type MaskLayers, type MaskOptions } from '#shared/fame/masker.ts'
import { resizeAndCropCentre } from '#shared/fame/resample.ts'
import { colourPlane, HEAT } from './mask-colours.ts'
import { overlayMask } from './mask-overlay.ts'

export interface MaskedClip extends MaskLayers {
  /** Pixels; both are the `size` asked for. */
  height: number
  width: number
  /** [H, W, 3] RGB bytes: the clip's middle frame, cut and resized as the mask. */
  middle: Uint8Array
  summary: Omit<MaskSummary, 'videoId' | 'indices'>
}

/**
 * Cuts the centre out of a clip at `size` x `size` (the short side is scaled to `size`, bilinear)
 * and makes its mask. A clip of that size already is masked as it is.
 * @param clip [T, H, W, 3] bytes at the video's size, T >= 2
 * @throws ClipError for fewer than two frames, or data of another length
 */
export function maskClip(clip: ByteClip, request: MaskOptions & { size: number }): MaskedClip {
  const started = performance.now()
  checkClip(clip)
  const cut = cutCentre(clip, request.size)
  const layers = computeMask(cut, request)
  return {
    ...layers,
    height: cut.height,
    width: cut.width,
    middle: middleFrame(cut),
    summary: {
      height: cut.height,
      width: cut.width,
      beta: layers.beta,
      ...describe(layers),
      milliseconds: performance.now() - started,
    },
  }
}

/**
 * One layer as PNG of H x W pixels: `mask` in black and white, one byte a pixel; `soft` and `seed` in
 * colours from dark (0) to light (1); `overlay` the middle frame with the mask on it.
 */
export function renderLayer(masked: MaskedClip, layer: MaskLayer): Promise<Buffer> {
  const { height, width } = masked
  const channels = layer === 'mask' ? 1 : 3
  const image = sharp(pixelsOf(masked, layer), { raw: { width, height, channels } })
  return (layer === 'mask' ? image.toColourspace('b-w') : image).png().toBuffer()
}

/** The mask of each frame as `renderLayer` gives `mask`; none for a variant with one mask a clip. */
export async function renderFrames({ frames, height, width }: MaskedClip): Promise<Buffer[]> {
  if (!frames) return []
  const pixels = height * width
  return await Promise.all(
    Array.from({ length: frames.length / pixels }, (_, t) => {
      const mask = frames.subarray(t * pixels, (t + 1) * pixels).map((value) => value * 255)
      const raw = { width, height, channels: 1 as const }
      return sharp(mask, { raw }).toColourspace('b-w').png().toBuffer()
    }),
  )
}

function pixelsOf(masked: MaskedClip, layer: MaskLayer): Uint8Array {
  if (layer === 'mask') return masked.mask.map((value) => value * 255)
  if (layer === 'overlay') {
    return overlayMask(masked.middle, masked.mask, masked.height, masked.width)
  }
  return colourPlane(masked[layer], HEAT)
}

function cutCentre(clip: ByteClip, size: number): Clip {
  if (clip.height === size && clip.width === size) return clip
  const data = new Float32Array(clip.frames * size * size * 3)
  resizeAndCropCentre(clip, size, data)
  return { data, frames: clip.frames, height: size, width: size }
}

function middleFrame({ data, frames }: Clip): Uint8Array {
  const length = data.length / frames
  const middle = Math.floor(frames / 2) * length
  const frame = data.subarray(middle, middle + length)
  return frame instanceof Uint8Array
    ? frame.slice()
    : Uint8Array.from(frame.map((value) => Math.round(value * 255)))
}

function describe({ seed, mask }: MaskLayers) {
  const sums = [0, 0]
  const counts = [0, 0]
  mask.forEach((value, i) => {
    sums[value] += seed[i]
    counts[value]++
  })
  const mean = (value: 0 | 1): number => (counts[value] === 0 ? 0 : sums[value] / counts[value])
  return { foreground: counts[1] / mask.length, seedInside: mean(1), seedOutside: mean(0) }
}
