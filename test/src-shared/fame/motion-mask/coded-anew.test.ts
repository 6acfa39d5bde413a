import { describe, expect, it } from 'vitest'
import type { ByteClip } from '#shared/fame/clip.ts'
import { codingNoise, greatestWithout } from '#shared/fame/motion-mask/coded-anew.ts'
import { MotionMasker } from '#shared/fame/motion-mask/motion-masker.ts'
import type { Stack } from '#shared/fame/motion-mask/stack.ts'
import { Rng } from '#shared/random/rng.ts'
import { intersectionOverUnion } from '../../../fixtures/golden-clip.ts'
import { renderScene, still, type Scene } from '../../../fixtures/moving-scene.ts'

const size = { height: 20, width: 30 }
const pixels = size.height * size.width
const FRAMES = 13
const stack: Stack = {
  ...size,
  frames: FRAMES,
  data: new Float32Array(0),
  known: new Uint8Array(FRAMES * pixels).fill(1),
  isStill: true,
}

/** [T - 1, H, W]: changes up to a limit for each step; those of a thing in a corner are 100. */
function stepsOf(limit: (t: number) => number): Float32Array {
  const rng = new Rng(3)
  return Float32Array.from({ length: (FRAMES - 1) * pixels }, (_, q) => {
    const value = rng.uniform(0, 1) * limit(Math.floor(q / pixels))
    return q % pixels < 90 ? 100 : value
  })
}

describe('a picture that is coded anew', () => {
  it('is found, with the noise of places at rest', () => {
    const steps = stepsOf((t) => (t === 7 ? 20 : 0))
    const found = codingNoise(steps, stack)
    expect(found?.steps).toEqual([7])
    // 85 % of values that are spread evenly up to 20 lie below 17.
    expect(found?.level).toBeCloseTo(17, 0)
  })

  it('does not count for the change of a place', () => {
    const steps = stepsOf((t) => (t === 7 ? 20 : t === 2 ? 1 : 0))
    const greatest = greatestWithout(steps, codingNoise(steps, stack)!, stack)
    expect(Math.max(...greatest.subarray(90))).toBeLessThan(1)
    expect(greatest[0]).toBe(100)
  })

  it.each([
    ['even noise', () => 12],
    ['no noise at all', () => 0],
    ['a cut to another picture', (t: number) => (t === 7 ? 300 : 0)],
    ['a picture that changes again and again', (t: number) => (t % 2 === 0 ? 20 : 0)],
  ] as const)('is not found in %s', (_, limit) => {
    expect(codingNoise(stepsOf(limit), stack)).toBeNull()
  })
})

const SIDE = 96
/** A codec's clip: errors stay as they are in blocks at rest, and are new where the disc is, and in frame 7. */
function codedClip(): { clip: ByteClip; truth: Uint8Array } {
  const disc: Scene['disc'] = { radius: 14, contrast: 0.9, at: (t) => [26 + 3.5 * t, 48] }
  const camera = Array.from({ length: FRAMES }, () => still)
  const { clip, truth } = renderScene({ height: SIDE, width: SIDE, camera, contrast: 0.5, disc })
  const rng = new Rng(8)
  const errors = new Float64Array(SIDE * SIDE)
  const data = clip.data.slice()
  for (let t = 0; t < FRAMES; t++) {
    const [x, y] = disc.at(t)
    for (let i = 0; i < errors.length; i++) {
      const [column, row] = [i % SIDE, Math.floor(i / SIDE)].map((at) => 16 * (at >> 4) + 8)
      const isNear = Math.abs(column - x) < 30 && Math.abs(row - y) < 30
      if (t === 0 || t === 7 || isNear) errors[i] = 13 * rng.normal()
      for (let c = 0; c < 3; c++) {
        const q = 3 * (t * errors.length + i) + c
        data[q] = Math.min(255, Math.max(0, Math.round(data[q] + errors[i])))
      }
    }
  }
  return { clip: { ...clip, data }, truth }
}

describe('the mask of a clip that a codec coded at a low rate', () => {
  it('leaves out the blocks beside the thing, unlike that of runs from before', () => {
    const { clip, truth } = codedClip()
    const masker = new MotionMasker(SIDE, SIDE)
    const before = masker.compute(clip, { noise: false }).mask.slice()
    expect(intersectionOverUnion(before, truth)).toBeLessThan(0.86)
    expect(intersectionOverUnion(masker.compute(clip).mask, truth)).toBeGreaterThan(0.9)
  })
})

it('measures the noise of a clip whose camera moves where nothing else moves', () => {
  const camera = Array.from({ length: FRAMES }, (_, t) => ({ ...still, x: 1.3 * t, y: 0.4 * t }))
  const disc: Scene['disc'] = { radius: 32, contrast: 0.5, at: (t) => [36 + 2.5 * t, 48] }
  const { clip, truth } = renderScene({ height: SIDE, width: SIDE, camera, contrast: 0.6, disc })
  const masker = new MotionMasker(SIDE, SIDE)
  const fit = (noise: boolean): number =>
    intersectionOverUnion(masker.compute(clip, { noise }).mask, truth)
  expect(fit(false)).toBeLessThan(0.7)
  expect(fit(true)).toBeGreaterThan(0.95)
})
