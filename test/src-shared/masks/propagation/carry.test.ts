import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FlowCarrier } from '#shared/masks/propagation/flow-carrier.ts'
import { guidedFilter } from '#shared/masks/propagation/guided-filter.ts'
import { objectShift } from '#shared/masks/propagation/object-motion.ts'
import { warpMask } from '#shared/masks/propagation/warp.ts'

const [WIDTH, HEIGHT] = [96, 72]

/** A disc that moves over a textured ground: where it is in frame t. */
const centre = (t: number) => ({ x: 30 + 3 * t, y: 36 })
const isInside = (i: number, t: number) =>
  Math.hypot((i % WIDTH) - centre(t).x, Math.floor(i / WIDTH) - centre(t).y) < 14
function frame(t: number) {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)]
    const ground = 90 + 60 * Math.sin(0.5 * x) * Math.cos(0.4 * y)
    const disc = 190 + 40 * Math.sin(0.25 * (x - 3 * t)) * Math.cos(0.2 * y)
    rgb.set(isInside(i, t) ? [disc, 60, 60] : [ground, ground, 90], 3 * i)
  }
  return { width: WIDTH, height: HEIGHT, rgb }
}
const truth = (t: number) =>
  Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => Number(isInside(i, t)))

function overlap(a: Float32Array, b: Float32Array): number {
  let [both, either] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    both += Number(a[i] > 0.5 && b[i] > 0.5)
    either += Number(a[i] > 0.5 || b[i] > 0.5)
  }
  return both / either
}

describe('a mask that is carried on', () => {
  it('stays on the object, forwards and backwards', () => {
    for (const order of [
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [8, 7, 6, 5, 4, 3, 2, 1, 0],
    ]) {
      const carrier = new FlowCarrier(frame(order[0]), truth(order[0]))
      for (const t of order.slice(1)) {
        const { soft, agreement } = carrier.next(frame(t))
        expect(overlap(soft, truth(t))).toBeGreaterThan(0.93)
        expect(agreement).toBeGreaterThan(0.5)
      }
    }
  })

  it('goes on from what somebody corrected', () => {
    const carrier = new FlowCarrier(frame(0), truth(0).fill(0))
    expect(carrier.next(frame(1)).soft.every((value) => value <= 0.5)).toBe(true)
    carrier.correct(truth(1))
    expect(overlap(carrier.next(frame(2)).soft, truth(2))).toBeGreaterThan(0.93)
  })

  it('is the same to the bit when it is made again', () => {
    const made = [1, 2].map(() => new FlowCarrier(frame(0), truth(0)).next(frame(1)).soft)
    expect(made[0]).toEqual(made[1])
  })
})

describe('the forward-backward check', () => {
  const field = (u: number) => ({
    width: 4,
    height: 2,
    u: new Float32Array(8).fill(u),
    v: new Float32Array(8),
  })
  const soft = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0])

  it('is sure where flow comes back to where it started', () => {
    const { soft: carried, sure } = warpMask(soft, field(-1), field(1))
    expect([...carried.subarray(0, 4)]).toEqual([1, 1, 0, 0])
    // The first column comes from outside the picture.
    expect([...sure.subarray(0, 4)]).toEqual([0, 1, 1, 1])
  })

  it('is not sure where it does not', () => {
    expect([...warpMask(soft, field(-1), field(3)).sure]).toEqual(Array(8).fill(0))
  })
})

it('the shift of an object is found where it moves by more than its parts', () => {
  const moved = { ...frame(0), rgb: frame(5).rgb }
  expect(objectShift(frame(0), moved, truth(0))).toEqual({ u: 15, v: 0 })
  expect(objectShift(frame(0), frame(1), truth(0).fill(0))).toBeNull()
})

it('the guided filter equals NumPy, window by window', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../../../fixtures/masks/guided-filter.json', import.meta.url), 'utf8'),
  ) as number[]
  const size = { width: 23, height: 18 }
  const guide = new Uint8Array(size.width * size.height * 3)
  const soft = new Float32Array(size.width * size.height)
  for (let i = 0; i < soft.length; i++) {
    const [x, y] = [i % size.width, Math.floor(i / size.width)]
    guide[3 * i] = 127 + 120 * Math.sin(0.5 * x + 0.3 * y)
    guide[3 * i + 1] = 127 + 120 * Math.cos(0.4 * x)
    guide[3 * i + 2] = 127 + 100 * Math.sin(0.7 * y + 0.2 * x)
    soft[i] = 1 / (1 + Math.exp(-(x + 0.5 * y - 16) / 1.5))
  }
  const out = guidedFilter(guide, soft, size, { radius: 3, epsilon: 1e-3 })
  expect(Math.max(...golden.map((value, i) => Math.abs(value - out[i])))).toBeLessThan(2e-3)
})
