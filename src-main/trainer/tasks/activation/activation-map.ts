import type { EncoderDescriptor, MapAxis } from '#shared/encoders/encoder.ts'

/** A trunk's last feature map of one clip, before pooling. */
export interface FeatureMap {
  /** [T', H', W', C], row-major. */
  data: Float32Array
  shape: readonly [frames: number, height: number, width: number, channels: number]
}

/**
 * The class-agnostic activation map of a clip (Ding et al., figure 1): the mean over the channels of
 * the last feature map. The trunk ends in a ReLU, so no value is below 0.
 * @returns [T', H', W']
 */
export function activationMap({ data, shape }: FeatureMap): Float32Array {
  const channels = shape[3]
  const map = new Float32Array(data.length / channels)
  for (let i = 0; i < map.length; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += Math.max(0, data[i * channels + c])
    map[i] = sum / channels
  }
  return map
}

export interface Volume {
  frames: number
  height: number
  width: number
}

/** Where the cells of an encoder's last map lie in its clip; `EncoderDescriptor.map` says why. */
export type MapGrid = EncoderDescriptor['map']

/**
 * Enlarges a map over the frames of its clip: linear along time, height and width between the middles
 * of its cells, and even beyond the outermost.
 * @param map [from.frames, from.height, from.width]
 * @returns [to.frames, to.height, to.width]
 */
export function enlargeMap(
  map: Float32Array,
  { from, to, grid }: { from: Volume; to: Volume; grid: MapGrid },
): Float32Array {
  const [times, rows, columns] = [
    taps(from.frames, to.frames, grid.time),
    taps(from.height, to.height, grid.space),
    taps(from.width, to.width, grid.space),
  ]
  const out = new Float32Array(to.frames * to.height * to.width)
  const at = (t: number, y: number, x: number): number =>
    map[(t * from.height + y) * from.width + x]
  let i = 0
  for (const time of times) {
    for (const row of rows) {
      for (const column of columns) {
        const line = (t: number, y: number): number =>
          mix(at(t, y, column.first), at(t, y, column.second), column.weight)
        const plane = (t: number): number =>
          mix(line(t, row.first), line(t, row.second), row.weight)
        out[i++] = mix(plane(time.first), plane(time.second), time.weight)
      }
    }
  }
  return out
}

export interface InsideForeground {
  /** Share of the map's sum that lies in the foreground, [0, 1]. */
  inside: number
  /** Share of the pixels that are foreground, [0, 1]: `inside` of an even map. */
  area: number
  /** Whether the largest value lies in the foreground; of equal ones the first. */
  peakInside: boolean
}

/**
 * How much of a map lies in the foreground.
 * @param map [T, S, S], from 0
 * @param mask [T, S, S] or [1, S, S] u8
 */
export function insideForeground(map: Float32Array, mask: Uint8Array): InsideForeground {
  let [sum, within, covered, peak] = [0, 0, 0, 0]
  for (let i = 0; i < map.length; i++) {
    const isInside = mask[i % mask.length]
    sum += map[i]
    within += isInside * map[i]
    covered += isInside
    if (map[i] > map[peak]) peak = i
  }
  const area = covered / map.length
  // A map without any activation prefers no place: as an even one.
  return {
    inside: sum > 0 ? within / sum : area,
    area,
    peakInside: mask[peak % mask.length] === 1,
  }
}

interface Tap {
  first: number
  second: number
  /** Of the second. */
  weight: number
}

function taps(length: number, size: number, { first: start, step }: MapAxis): Tap[] {
  return Array.from({ length: size }, (_, i) => {
    const place = Math.min(length - 1, Math.max(0, (i - start) / step))
    const first = Math.floor(place)
    return { first, second: Math.min(length - 1, first + 1), weight: place - first }
  })
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight
}
