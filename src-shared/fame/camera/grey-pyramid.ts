import type { Clip } from '../clip.ts'

/** One frame in grey, 0..255, at one resolution. */
export interface GreyLevel {
  data: Float32Array // [H, W]
  height: number
  width: number
  /** Side of its pixels in pixels of the frame: 1, 2, 4, ... */
  factor: number
  /** Where the frame's centre lies, in pixels of this level. */
  centreX: number
  centreY: number
}

/** Frames whose short side has this many pixels or more are halved first: time matters more. */
const HALVED_FROM = 96
/** Short side of the coarsest level, in pixels, at least. */
const COARSEST = 20

/** Levels for frames of one size, the finest first; `fillPyramid` gives them their content. */
export function createPyramid(height: number, width: number): GreyLevel[] {
  const levels: GreyLevel[] = []
  const short = Math.min(height, width)
  let factor = short >= HALVED_FROM ? 2 : 1
  do {
    levels.push(createLevel(height, width, factor))
    factor *= 2
  } while (short / factor >= COARSEST)
  return levels
}

function createLevel(frameHeight: number, frameWidth: number, factor: number): GreyLevel {
  const height = Math.floor(frameHeight / factor)
  const width = Math.floor(frameWidth / factor)
  const centreX = frameWidth / (2 * factor) - 0.5
  const centreY = frameHeight / (2 * factor) - 0.5
  return { data: new Float32Array(height * width), height, width, factor, centreX, centreY }
}

/** Fills the levels with frame `t` of the clip: grey is the mean of red, green and blue. */
export function fillPyramid(clip: Clip, t: number, levels: GreyLevel[]): void {
  if (levels[0].factor === 1) fillWhole(clip, t, levels[0].data)
  else fillHalved(clip, t, levels[0])
  for (let i = 1; i < levels.length; i++) halve(levels[i - 1], levels[i])
}

function fillWhole({ data, height, width }: Clip, t: number, grey: Float32Array): void {
  const unit = (data instanceof Uint8Array ? 1 : 255) / 3
  for (let p = 0, i = t * height * width * 3; p < grey.length; p++, i += 3) {
    grey[p] = (data[i] + data[i + 1] + data[i + 2]) * unit
  }
}

function fillHalved(clip: Clip, t: number, level: GreyLevel): void {
  const { data } = clip
  const unit = (data instanceof Uint8Array ? 1 : 255) / 12
  const row = clip.width * 3
  for (let y = 0, p = 0; y < level.height; y++) {
    let i = (t * clip.height + 2 * y) * row
    for (let x = 0; x < level.width; x++, p++, i += 6) {
      const j = i + row
      const upper = data[i] + data[i + 1] + data[i + 2] + data[i + 3] + data[i + 4] + data[i + 5]
      const lower = data[j] + data[j + 1] + data[j + 2] + data[j + 3] + data[j + 4] + data[j + 5]
      level.data[p] = (upper + lower) * unit
    }
  }
}

function halve({ data, width }: GreyLevel, to: GreyLevel): void {
  for (let y = 0, p = 0; y < to.height; y++) {
    for (let x = 0, i = 2 * y * width; x < to.width; x++, p++, i += 2) {
      to.data[p] = (data[i] + data[i + 1] + data[i + width] + data[i + width + 1]) / 4
    }
  }
}
