import { describe, expect, it, vi } from 'vitest'
import { computeMask, createMasker, type MaskVariant } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'
import { fillMask, fillMasks } from '#main/trainer/loader/clip-masks.ts'
import { tinyConfig } from '../tiny-videos.ts'

const SIDE = 48

/** [T, S, S, 3]: a textured scene that the camera pans over, and a square that stays in the frame. */
function panned(frames: number): Float32Array {
  const rng = new Rng(6)
  const wave = Array.from({ length: 6 }, () => rng.uniform(0.1, 0.5))
  const data: number[] = []
  for (let t = 0; t < frames; t++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const isSquare = x >= 16 && x < 28 && y >= 18 && y < 30
        const [u, v] = [x + 2 * t, y]
        const ground = 0.5 + 0.2 * Math.sin(wave[0] * u + wave[1] * v) + 0.2 * Math.cos(wave[2] * u)
        data.push(...(isSquare ? [0.9, 0.1, 0.1] : [ground, 0.8 * ground, 0.6]))
      }
    }
  }
  return Float32Array.from(data)
}

it('compensates the motion of the camera where the run says so', () => {
  const data = panned(4)
  const box = { top: 0, left: 0, height: SIDE, width: SIDE }
  const clip = {
    video: { path: '/a.avi', frames: 20 },
    length: 20,
    place: { start: 0, frames: 4, stride: 2 },
    frame: { height: SIDE, width: SIDE },
    cut: { box, flip: false },
    data,
  }
  const made = [false, true].map((compensateMotion) => {
    const config = tinyConfig({ size: SIDE, compensateMotion })
    const out = new Uint8Array(SIDE * SIDE)
    const masker = createMasker(SIDE, SIDE)
    expect(fillMask(clip, out, { config, masker, warn: () => undefined })).toBe('fame')
    return out
  })
  const picture = { data, frames: 4, height: SIDE, width: SIDE }
  const options = { beta: tinyConfig().beta, variant: 'fame' } as const
  expect(made[0]).toEqual(computeMask(picture, options).mask)
  expect(made[1]).toEqual(computeMask(picture, { ...options, compensate: true }).mask)
  expect(made[1]).not.toEqual(made[0])
})

it("fits the camera's motion as the run says", () => {
  const box = { top: 0, left: 0, height: SIDE, width: SIDE }
  const clip = {
    video: { path: '/a.avi', frames: 20 },
    length: 20,
    place: { start: 0, frames: 4, stride: 2 },
    frame: { height: SIDE, width: SIDE },
    cut: { box, flip: false },
    data: panned(4),
  }
  const masker = createMasker(SIDE, SIDE)
  const asked = vi.spyOn(masker, 'compute')
  for (const value of [false, true]) {
    const config = tinyConfig({
      size: SIDE,
      cameraBorder: value,
      cameraPerspective: !value,
      motionNoise: !value,
    })
    fillMask(clip, new Uint8Array(SIDE * SIDE), { config, masker, warn: () => undefined })
    expect(asked.mock.lastCall?.[1]).toMatchObject({
      border: value,
      perspective: !value,
      noise: !value,
    })
  }
})

describe('masks by frame without corrections', () => {
  const data = panned(6)
  const box = { top: 0, left: 0, height: SIDE, width: SIDE }
  const clip = {
    video: { path: '/a.avi', frames: 20 },
    length: 20,
    place: { start: 0, frames: 6, stride: 2 },
    frame: { height: SIDE, width: SIDE },
    cut: { box, flip: false },
    indices: [0, 2, 4, 6, 8, 10],
    perFrame: null,
    data,
  }
  const masker = createMasker(SIDE, SIDE)
  const picture = { data, frames: 6, height: SIDE, width: SIDE }
  function fill(variant: MaskVariant): Uint8Array {
    const config = tinyConfig({ size: SIDE, frames: 6, variant, maskPer: 'frame' })
    const out = new Uint8Array(6 * SIDE * SIDE)
    expect(fillMasks(clip, out, { config, masker, warn: () => undefined })).toBe('fame')
    return out
  }

  it('are those of the variant, where it has some', () => {
    const { frames } = computeMask(picture, { variant: 'motion', beta: 0.5 })
    expect(frames).toContain(1)
    expect(fill('motion')).toEqual(frames)
  })

  it('are the one of the clip for other variants', () => {
    const { mask } = computeMask(picture, { variant: 'seed', beta: tinyConfig().beta })
    const filled = fill('seed')
    for (let t = 0; t < 6; t++) {
      expect(filled.subarray(t * SIDE * SIDE, (t + 1) * SIDE * SIDE)).toEqual(mask)
    }
  })
})
