import type { FlowField } from '../../flow/field.ts'
import type { CarrierFrame } from './flow-carrier.ts'

/** Differences up to so many medians of all, and so many grey levels more, are those of noise. */
const MEDIANS = 3
const LEVELS = 10

/**
 * Takes certainty from pixels that do not look like the ones that flow says they came from: something
 * else is seen there now.
 * @param sure [H, W] u8, changed in place
 */
export function doubtUnlike(
  sure: Uint8Array,
  back: FlowField,
  before: CarrierFrame,
  now: CarrierFrame,
): void {
  const differences = differenceOf(back, before, now)
  const limit = MEDIANS * medianOf(differences) + LEVELS
  for (let i = 0; i < sure.length; i++) if (differences[i] > limit) sure[i] = 0
}

/** Mean over channels and a 3 x 3 window of how different each pixel is from the one it came from. */
function differenceOf(
  { u, v }: FlowField,
  before: CarrierFrame,
  { rgb, width, height }: CarrierFrame,
): Float32Array {
  const single = u.map((_, i) => {
    const x = Math.min(width - 1, Math.max(0, Math.round((i % width) + u[i])))
    const y = Math.min(height - 1, Math.max(0, Math.round(Math.floor(i / width) + v[i])))
    let sum = 0
    for (let c = 0, from = 3 * (y * width + x); c < 3; c++) {
      sum += Math.abs(rgb[3 * i + c] - before.rgb[from + c])
    }
    return sum / 3
  })
  return single.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    let [sum, count] = [0, 0]
    for (let down = Math.max(0, y - 1); down <= Math.min(height - 1, y + 1); down++) {
      for (let across = Math.max(0, x - 1); across <= Math.min(width - 1, x + 1); across++) {
        sum += single[down * width + across]
        count++
      }
    }
    return sum / count
  })
}

function medianOf(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]
}
