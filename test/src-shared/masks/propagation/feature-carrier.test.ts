import { describe, expect, it } from 'vitest'
import { FeatureCarrier } from '#shared/masks/propagation/feature-carrier.ts'
import { dinoProtocol } from '#shared/tracking/label-propagation.ts'

const [WIDTH, HEIGHT, CELL] = [96, 64, 4]
const grid = { height: HEIGHT / CELL, width: WIDTH / CELL }
const video = { width: WIDTH, height: HEIGHT }
const protocol = { ...dinoProtocol, radius: 4 }

/** A red disc goes right by 4 pixels a frame over a grey ground with a texture. */
const truth = (t: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    Number(Math.hypot((i % WIDTH) - 24 - 4 * t, Math.floor(i / WIDTH) - 32) < 13),
  )
function picture(t: number) {
  const mask = truth(t)
  const rgb = Uint8Array.from({ length: 3 * mask.length }, (_, at) => {
    const [i, c] = [Math.floor(at / 3), at % 3]
    if (mask[i] === 1) return c === 0 ? 200 : 50
    return 120 + 12 * Math.sin(0.5 * (i % WIDTH) + Math.floor(i / WIDTH))
  })
  return { width: WIDTH, height: HEIGHT, rgb }
}
/** The mean colour of each cell, at length 1: what stands for a network here. */
function featuresOf(t: number): Float32Array {
  const { rgb } = picture(t)
  const out = new Float32Array(grid.height * grid.width * 3)
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [Math.floor((i % WIDTH) / CELL), Math.floor(i / WIDTH / CELL)]
    for (let c = 0; c < 3; c++) out[3 * (y * grid.width + x) + c] += rgb[3 * i + c] - 90
  }
  for (let at = 0; at < out.length; at += 3) {
    const length = Math.hypot(...out.subarray(at, at + 3))
    for (let c = 0; c < 3; c++) out[at + c] /= length
  }
  return out
}
const hard = (soft: Float32Array) => soft.map((value) => Number(value > 0.5))
function overlap(a: ArrayLike<number>, b: Uint8Array): number {
  let [both, either] = [0, 0]
  b.forEach((value, i) => {
    both += value & a[i]
    either += value | a[i]
  })
  return both / either
}

describe('carrying a mask by features', () => {
  it('keeps it on the object, with its edge finer than a cell', () => {
    const carrier = new FeatureCarrier(featuresOf(0), truth(0), { grid, video, protocol })
    for (let t = 1; t < 10; t++) {
      const { soft, agreement } = carrier.next(featuresOf(t), picture(t))
      expect(overlap(hard(soft), truth(t))).toBeGreaterThan(0.93)
      expect(agreement).toBeGreaterThan(0.7)
    }
  })

  it('goes on from a mask that was drawn on the last frame', () => {
    const carrier = new FeatureCarrier(featuresOf(0), new Uint8Array(WIDTH * HEIGHT), {
      ...{ grid, video, protocol },
    })
    const nothing = carrier.next(featuresOf(1), picture(1))
    expect(hard(nothing.soft)).not.toContain(1)
    expect(nothing.agreement).toBe(1)
    carrier.correct(truth(1))
    const { soft } = carrier.next(featuresOf(2), picture(2))
    expect(overlap(hard(soft), truth(2))).toBeGreaterThan(0.9)
  })
})
