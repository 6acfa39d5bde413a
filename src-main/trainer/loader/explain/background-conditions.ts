import {
  BACKGROUND_CONDITIONS,
  type BackgroundCondition,
} from '#shared/tasks/background/artefact.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { mergeClips } from '#shared/fame/merge.ts'
import { grow } from '#shared/masks/edits/grow.ts'
import type { MaskedClip } from './masked-clips.ts'

/** A clip and two that lend it their backgrounds, all of one shape. */
export interface ConditionClips {
  subject: Pick<MaskedClip, 'data' | 'mask'>
  donors: Record<'sameClass' | 'swapped', Pick<MaskedClip, 'data' | 'mask'>>
}

/** Part of the frame's side by which a foreground is grown before it is taken out; at least a pixel. */
const RIM = 1 / 56
/** The colour of a background that says nothing. */
const EVEN = kineticsScaling.mean

/**
 * A clip under every condition (after Xiao et al., Noise or Signal, ICLR 2021, and Chung et al.,
 * HAT, NeurIPS 2022):
 * - `original`: as it is
 * - `sameClass`, `swapped`: its foreground on the background of a donor, which has no foreground left
 * - `backgroundOnly`: without its foreground
 * - `foregroundOnly`: its foreground on the mean colour of Kinetics, whichever colour the encoder
 *   takes as 0, so that all encoders see the same pictures
 *
 * @param size height and width, S
 * @returns [conditions, T, S, S, 3] in the order of `BACKGROUND_CONDITIONS`, colours not normalised
 */
export function makeConditions({ subject, donors }: ConditionClips, size: number): Float32Array {
  const { data: x, mask } = subject
  const out = new Float32Array(BACKGROUND_CONDITIONS.length * x.length)
  const behind: Record<BackgroundCondition, () => Float32Array> = {
    original: () => x,
    sameClass: () => paste(x, mask, takeOutForeground(donors.sameClass, size)),
    swapped: () => paste(x, mask, takeOutForeground(donors.swapped, size)),
    backgroundOnly: () => takeOutForeground(subject, size),
    foregroundOnly: () => paste(x, mask, evenClip(x.length)),
  }
  BACKGROUND_CONDITIONS.forEach((name, i) => out.set(behind[name](), i * x.length))
  return out
}

/**
 * A clip without its foreground, grown by a rim of a 56th of the frame's side, at least a pixel, since the edges of an
 * object reach beyond its mask. Each pixel is filled with the background seen there in the nearest
 * frame in time, the earlier of two; where there was none, with the clip's mean background colour.
 * @param size height and width, S
 * @returns [T, S, S, 3]
 */
export function takeOutForeground(
  { data, mask }: Pick<MaskedClip, 'data' | 'mask'>,
  size: number,
): Float32Array {
  const hidden = grown(mask, size)
  const pixels = size * size
  const frames = data.length / (3 * pixels)
  const mean = meanBackground(data, hidden)
  const out = data.slice()
  for (let t = 0, i = 0; t < frames; t++) {
    for (let pixel = 0; pixel < pixels; pixel++, i += 3) {
      if (!hidden[(t * pixels + pixel) % hidden.length]) continue
      const from = nearestSeen(hidden, pixel, t, pixels)
      const source = from === null ? mean : data.subarray(3 * (from * pixels + pixel))
      for (let c = 0; c < 3; c++) out[i + c] = source[c]
    }
  }
  return out
}

/** The nearest frame in which a pixel is not hidden. */
function nearestSeen(hidden: Uint8Array, pixel: number, t: number, pixels: number): number | null {
  const frames = hidden.length / pixels
  for (let far = 1; far < frames; far++) {
    if (t - far >= 0 && !hidden[(t - far) * pixels + pixel]) return t - far
    if (t + far < frames && !hidden[(t + far) * pixels + pixel]) return t + far
  }
  return null
}

/** Mean colour of what is not hidden; the mean of Kinetics where all is. */
function meanBackground(data: Float32Array, hidden: Uint8Array): Float32Array {
  const sums = [0, 0, 0]
  let count = 0
  for (let i = 0, pixel = 0; i < data.length; i += 3, pixel++) {
    if (hidden[pixel % hidden.length]) continue
    count++
    for (let c = 0; c < 3; c++) sums[c] += data[i + c]
  }
  return Float32Array.from(count === 0 ? EVEN : sums.map((sum) => sum / count))
}

function grown(mask: Uint8Array, size: number): Uint8Array {
  const pixels = size * size
  const out = mask.slice()
  for (let from = 0; from < out.length; from += pixels) {
    const data = out.subarray(from, from + pixels)
    grow({ data, height: size, width: size }, Math.max(1, size * RIM))
  }
  return out
}

/** x*m + y*(1-m); masks of single frames count for their frame, one mask for all. */
function paste(x: Float32Array, mask: Uint8Array, y: Float32Array): Float32Array {
  const out = new Float32Array(x.length)
  mergeClips(x, y, mask, out)
  return out
}

function evenClip(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => EVEN[i % 3])
}
