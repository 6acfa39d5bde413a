import type { FlowField, GreyImage } from '../field.ts'
import { sampledPlace } from '../round.ts'

/** What the variational refinement knows of two frames, all [H, W]. */
export interface Derivatives {
  /** Of the mean of the first frame and the second one warped back by the flow. */
  x: Float32Array
  y: Float32Array
  xx: Float32Array
  xy: Float32Array
  yy: Float32Array
  /** The second one warped back minus the first, and its derivatives. */
  t: Float32Array
  xt: Float32Array
  yt: Float32Array
}

/** Derivatives are differences of the two neighbours, not halved; the edge is repeated. */
export function derivativesOf(first: GreyImage, second: GreyImage, flow: FlowField): Derivatives {
  const warped = warpBack(second, flow)
  const t = warped.map((value, i) => value - first.data[i])
  const mean = warped.map((value, i) => (value + first.data[i]) / 2)
  const x = acrossOf(mean, first)
  const y = downOf(mean, first)
  return {
    x,
    y,
    t,
    xx: acrossOf(x, first),
    xy: downOf(x, first),
    yy: downOf(y, first),
    xt: acrossOf(t, first),
    yt: downOf(t, first),
  }
}

/** The second frame where the flow points to, bilinear; the edge is repeated. */
function warpBack({ width, height, data }: GreyImage, flow: FlowField): Float32Array {
  const result = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const column = Math.min(Math.max(sampledPlace(x + flow.u[i]), 0), width - 1)
      const row = Math.min(Math.max(sampledPlace(y + flow.v[i]), 0), height - 1)
      const left = Math.floor(column)
      const right = Math.min(left + 1, width - 1)
      const top = Math.floor(row) * width
      const bottom = Math.min(Math.floor(row) + 1, height - 1) * width
      const across = column - left
      const down = row - Math.floor(row)
      const above = data[top + left] * (1 - across) + data[top + right] * across
      const below = data[bottom + left] * (1 - across) + data[bottom + right] * across
      result[i] = above * (1 - down) + below * down
    }
  }
  return result
}

type Size = Pick<GreyImage, 'width' | 'height'>

function acrossOf(plane: Float32Array, { width, height }: Size): Float32Array {
  const result = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      result[i] = plane[x === width - 1 ? i : i + 1] - plane[x === 0 ? i : i - 1]
    }
  }
  return result
}

function downOf(plane: Float32Array, { width, height }: Size): Float32Array {
  const result = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      result[i] = plane[y === height - 1 ? i : i + width] - plane[y === 0 ? i : i - width]
    }
  }
  return result
}
