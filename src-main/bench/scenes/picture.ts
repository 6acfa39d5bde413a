import { gaussianKernel, PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import type { Rng } from '#shared/random/rng.ts'

/** A picture of colours, 0..255. */
export interface Picture {
  /** [H, W, 3] */
  data: Float32Array
  height: number
  width: number
}

/** Gives the colour of a place; a thing that moves has its own coordinates. Receives [3], 0..255. */
export type Paint = (x: number, y: number, t: number, out: Float64Array) => void

export function flat(red: number, green: number, blue: number): Paint {
  return (_x, _y, _t, out) => {
    out[0] = red
    out[1] = green
    out[2] = blue
  }
}

/** Bilinear, its middle at the origin; beyond its borders it is continued by its mirror image. */
export function paintOf({ data, height, width }: Picture): Paint {
  return (x, y, _t, out) => {
    const column = x + width / 2
    const row = y + height / 2
    const left = Math.floor(column)
    const top = Math.floor(row)
    const fx = column - left
    const fy = row - top
    const x0 = mirror(left, width)
    const x1 = mirror(left + 1, width)
    const y0 = mirror(top, height) * width
    const y1 = mirror(top + 1, height) * width
    for (let c = 0; c < 3; c++) {
      const upper = data[(y0 + x0) * 3 + c] * (1 - fx) + data[(y0 + x1) * 3 + c] * fx
      const lower = data[(y1 + x0) * 3 + c] * (1 - fx) + data[(y1 + x1) * 3 + c] * fx
      out[c] = upper * (1 - fy) + lower * fy
    }
  }
}

function mirror(index: number, length: number): number {
  const period = 2 * length
  const at = ((index % period) + period) % period
  return at < length ? at : period - 1 - at
}

export interface TextureOptions {
  /** Mean colour. */
  colour: readonly [number, number, number]
  /** Standard deviation of each channel, of 255. */
  contrast: number
  /** Standard deviation in pixels of the blur that gives the texture its grain. */
  grain: number
  /** Whether all channels have the same texture: light and dark of one colour. */
  grey?: boolean
}

/** Gaussian noise of a grain, pixels [side, side]. */
export function texture(
  rng: Rng,
  { colour, contrast, grain, grey = false }: TextureOptions,
  side = 192,
): Picture {
  const data = new Float32Array(side * side * 3)
  for (let i = 0; i < data.length; i++) data[i] = grey && i % 3 > 0 ? data[i - 1] : rng.normal()
  const blur = new PlaneBlur(side, side, 3)
  blur.apply(data, data, gaussianKernel(2 * Math.ceil(3 * grain) + 1, grain))
  // Blurring leaves 1 / (2 sigma sqrt(pi)) of white noise's deviation.
  const scale = contrast * 2 * grain * Math.sqrt(Math.PI)
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(255, Math.max(0, colour[i % 3] + scale * data[i]))
  }
  return { data, height: side, width: side }
}

/** A picture's paint that waves: each place is taken from where a travelling wave has it. */
export function waving(
  paint: Paint,
  { height, period, length }: { height: number; period: number; length: number },
  within: (x: number, y: number) => boolean = () => true,
): Paint {
  return (x, y, t, out) => {
    if (!within(x, y)) return paint(x, y, t, out)
    const turn = (2 * Math.PI * t) / period
    const across = height * Math.sin((2 * Math.PI * y) / length + turn)
    const down = 0.6 * height * Math.sin((2 * Math.PI * x) / (1.3 * length) - 1.1 * turn)
    paint(x + across, y + down, t, out)
  }
}
