import type { CarrierFrame } from './flow-carrier.ts'

/** Pixels that an object may move between two frames. */
const REACH = 24
/** Pixels of the mask that are compared at most. */
const SAMPLES = 400

/**
 * The one shift that fits the masked pixels best, as flow loses a small object that moves by more
 * than its own size: first every other shift, then from the best of them downhill.
 * @param soft mask of the frame before, [H, W] in [0, 1]
 * @returns pixels to the right and down; null where the mask is empty
 */
export function objectShift(
  before: CarrierFrame,
  now: CarrierFrame,
  soft: Float32Array,
): { u: number; v: number } | null {
  const points = sampleOf(soft)
  if (points.length === 0) return null
  const costs = (u: number, v: number) => meanDifference(before, now, points, u, v)
  let best = { u: 0, v: 0, cost: costs(0, 0) }
  const offer = (u: number, v: number) => {
    const cost = costs(u, v)
    if (cost < best.cost) best = { u, v, cost }
  }
  for (let v = -REACH; v <= REACH; v += 2) for (let u = -REACH; u <= REACH; u += 2) offer(u, v)
  for (let before = Infinity; best.cost < before;) {
    before = best.cost
    const { u: across, v: down } = best
    for (let v = -1; v <= 1; v++) for (let u = -1; u <= 1; u++) offer(across + u, down + v)
  }
  return { u: best.u, v: best.v }
}

/** Places of the mask, evenly spread. */
function sampleOf(soft: Float32Array): number[] {
  const inside: number[] = []
  for (let i = 0; i < soft.length; i++) if (soft[i] > 0.5) inside.push(i)
  const step = Math.max(1, inside.length / SAMPLES)
  return Array.from(
    { length: Math.floor(inside.length / step) },
    (_, i) => inside[Math.floor(i * step)],
  )
}

/** Mean over the points; those that leave the picture count as quite different. */
function meanDifference(
  { rgb, width, height }: CarrierFrame,
  now: CarrierFrame,
  points: readonly number[],
  u: number,
  v: number,
): number {
  let sum = 0
  for (const point of points) {
    const [x, y] = [(point % width) + u, Math.floor(point / width) + v]
    if (x < 0 || y < 0 || x >= width || y >= height) {
      sum += 96
      continue
    }
    const [from, to] = [3 * point, 3 * (y * width + x)]
    for (let c = 0; c < 3; c++) sum += Math.min(64, Math.abs(rgb[from + c] - now.rgb[to + c]))
  }
  return sum / points.length
}
