import { describe, expect, it } from 'vitest'
import type { ByteClip } from '#shared/fame/clip.ts'
import { fullSizeMask } from '#shared/fame/full-size-mask.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { motionPlanes } from '#shared/fame/mask-planes.ts'
import { estimateInEvenLight } from '#shared/fame/camera/even-light.ts'
import { GlobalMotion } from '#shared/fame/camera/global-motion.ts'
import { lightOf } from '#shared/fame/motion-mask/light.ts'
import { MotionMasker } from '#shared/fame/motion-mask/motion-masker.ts'
import { Rng } from '#shared/random/rng.ts'
import { intersectionOverUnion } from '../../../fixtures/golden-clip.ts'
import { renderScene, still, type Scene } from '../../../fixtures/moving-scene.ts'

const size = { height: 64, width: 80 }
const pixels = size.height * size.width
const FRAMES = 10

/** A disc that crosses the frame by 3 px a frame, before a camera at rest. */
const scene: Scene = {
  ...size,
  camera: Array.from({ length: FRAMES }, () => still),
  contrast: 0.5,
  disc: { radius: 11, contrast: 0.9, at: (t) => [24 + 3 * t, 30 + t] },
}

function discOf(t: number): Uint8Array {
  const [x, y] = scene.disc!.at(t)
  return Uint8Array.from({ length: pixels }, (_, i) =>
    Number(Math.hypot((i % size.width) - x, Math.floor(i / size.width) - y) < 11),
  )
}

function noisy(clip: ByteClip, level: number, light: (t: number) => number = () => 1): ByteClip {
  const rng = new Rng(4)
  const data = clip.data.map((value, i) => {
    const lit = value * light(Math.floor(i / (3 * pixels))) + level * rng.normal()
    return Math.min(255, Math.max(0, Math.round(lit)))
  })
  return { ...clip, data }
}

const masker = new MotionMasker(size.height, size.width)

describe('the mask of what moves', () => {
  it('fits a thing that passes, in the clip and in each frame', () => {
    const { clip, truth } = renderScene(scene)
    const { mask, frames, camera } = masker.compute(noisy(clip, 2))
    expect(camera).toBeNull()
    expect(intersectionOverUnion(mask, truth)).toBeGreaterThan(0.93)
    for (let t = 0; t < FRAMES; t++) {
      const frame = frames.subarray(t * pixels, (t + 1) * pixels)
      expect(intersectionOverUnion(frame, discOf(t))).toBeGreaterThan(0.9)
    }
  })

  it('fits it as well where the camera pans and turns', () => {
    const camera = scene.camera.map((pose, t) => ({ ...pose, x: 2 * t, y: t, turn: 0.008 * t }))
    const { clip, truth } = renderScene({ ...scene, camera })
    const found = masker.compute(noisy(clip, 2))
    expect(found.camera).toHaveLength(FRAMES - 1)
    expect(intersectionOverUnion(found.mask, truth)).toBeGreaterThan(0.9)
    const blind = masker.compute(noisy(clip, 2), { camera: false })
    expect(intersectionOverUnion(blind.mask, truth)).toBeLessThan(0.6)
  })

  it('fits it in light that flickers', () => {
    const { clip, truth } = renderScene(scene)
    const gains = [1, 0.95, 1.06, 1.02, 0.97, 1.04, 0.93, 1, 1.05, 0.98]
    const { mask, light } = masker.compute(noisy(clip, 2, (t) => gains[t]))
    expect(intersectionOverUnion(mask, truth)).toBeGreaterThan(0.9)
    gains.forEach((gain, t) => expect(light?.[t]).toBeCloseTo(gain, 1))
  })

  it.each([
    ['at rest', 0, [4]],
    ['at rest, from the first frame on', 0, [0, 1]],
    ['that pans', 2, [6]],
  ] as const)('fits it beside black frames, with a camera %s', (_, step, black) => {
    const camera = scene.camera.map((pose, t) => ({ ...pose, x: step * t }))
    const { clip } = renderScene({ ...scene, camera })
    const isBlack = (t: number) => (black as readonly number[]).includes(t)
    const dark = noisy(clip, 2, (t) => Number(!isBlack(t)))
    const found = masker.compute(dark)
    expect(found.frames).toHaveLength(FRAMES * pixels)
    expect(found.camera?.length ?? 0).toBe(step === 0 ? 0 : FRAMES - 1)
    for (let t = 0; t < FRAMES; t++) {
      const frame = found.frames.subarray(t * pixels, (t + 1) * pixels)
      if (isBlack(t)) expect(frame.includes(1)).toBe(false)
      else expect(intersectionOverUnion(frame, discOf(t))).toBeGreaterThan(0.85)
    }
  })

  it('has the inside of a large thing of one colour, which nothing shows to move', () => {
    const rng = new Rng(8)
    const ground = Uint8Array.from({ length: pixels * 3 }, () => 40 + rng.int(90))
    const data = new Uint8Array(FRAMES * pixels * 3)
    const truth = new Uint8Array(pixels)
    for (let t = 0; t < FRAMES; t++) {
      data.set(ground, t * pixels * 3)
      for (let y = 10 + t; y < 50 + t; y++) {
        for (let x = 12 + t; x < 62 + t; x++) {
          truth[y * size.width + x] = 1
          data.set([230, 60, 40], ((t * size.height + y) * size.width + x) * 3)
        }
      }
    }
    const { mask } = masker.compute({ data, frames: FRAMES, ...size })
    expect(mask[30 * size.width + 40]).toBe(1)
    expect(intersectionOverUnion(mask, truth)).toBeGreaterThan(0.93)
  })

  it.each([
    ['nothing', 0, still],
    ['noise', 5, still],
    ['a camera that pans', 2, { ...still, x: 2 }],
  ] as const)('is empty where %s moves alone', (_, level, step) => {
    const camera = scene.camera.map((pose, t) => ({ ...pose, x: step.x * t }))
    const { clip } = renderScene({ ...scene, camera, disc: undefined })
    const { mask, frames } = masker.compute(noisy(clip, level))
    expect(mask.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01 * pixels)
    expect(frames.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01 * FRAMES * pixels)
  })

  it('leaves out a shadow on a ground with texture', () => {
    const { clip, truth } = renderScene(scene)
    const data = clip.data.slice()
    const shade = new Uint8Array(pixels)
    for (let t = 0; t < FRAMES; t++) {
      const disc = discOf(t)
      for (let i = 0; i < pixels; i++) {
        if (disc[i] === 1 || disc[i - 10 * size.width - 6] !== 1) continue
        if (truth[i] === 0) shade[i] = 1
        for (let c = 0; c < 3; c++) data[(t * pixels + i) * 3 + c] *= 0.6
      }
    }
    const { mask } = masker.compute(noisy({ ...clip, data }, 1))
    const kept = mask.reduce((sum, value, i) => sum + (value & shade[i]), 0)
    expect(kept).toBeLessThan(0.5 * shade.reduce((sum, value) => sum + value, 0))
    expect(intersectionOverUnion(mask, truth)).toBeGreaterThan(0.75)
  })

  it('is the same each time, and for floats', () => {
    const clip = noisy(renderScene(scene).clip, 2)
    const first = masker.compute(clip)
    const again = new MotionMasker(size.height, size.width).compute(clip)
    expect(again.mask).toEqual(first.mask)
    expect(again.frames).toEqual(first.frames)
    const floats = { ...clip, data: Float32Array.from(clip.data, (value) => value / 255) }
    expect(intersectionOverUnion(masker.compute(floats).mask, first.mask)).toBeGreaterThan(0.99)
  })
})

describe('light', () => {
  const gains = [1, 1, 0, 0.8, 0.8, 0, 0, 1.1, 1, 1]

  it('is known again after a black frame', () => {
    const light = lightOf(noisy(renderScene(scene).clip, 0, (t) => gains[t]))!
    const expected = [1, 1, 1, 0.8, 0.8, 0.8, 0.8, 1.1, 1, 1]
    expected.forEach((gain, t) => expect(light[t]).toBeCloseTo(gain, 1))
  })

  it('is even where a clip begins with frames that are all but black', () => {
    const light = lightOf(noisy(renderScene(scene).clip, 0, (t) => (t < 2 ? 0.01 : 1)))
    expect(light).toBeNull()
  })

  it('leaves the motion of a camera finite beside a black frame', () => {
    const camera = scene.camera.map((pose, t) => ({ ...pose, x: 2 * t }))
    const clip = noisy(renderScene({ ...scene, camera }).clip, 1, (t) => gains[t])
    const motions = estimateInEvenLight(new GlobalMotion(size.height, size.width), clip)
    expect(motions).toHaveLength(FRAMES - 1)
    for (const motion of motions!) expect(motion.every(Number.isFinite)).toBe(true)
  })
})

describe('the variant motion', () => {
  const clip = noisy(renderScene(scene).clip, 2)
  const found = masker.compute(clip)

  it('has this mask, its frames and its area, whatever beta', () => {
    for (const beta of [0.1, 0.9]) {
      const layers = computeMask(clip, {
        variant: 'motion',
        beta,
        adaptive: true,
        compensate: true,
      })
      expect(layers.mask).toEqual(found.mask)
      expect(layers.frames).toEqual(found.frames)
      const area = found.mask.reduce((sum, value) => sum + value, 0) / pixels
      expect(layers.beta).toBeCloseTo(area, 12)
    }
    expect(computeMask(clip, { variant: 'fame', beta: 0.5 }).frames).toBeNull()
  })

  it('is cut out of one plane, also at another size', () => {
    const { motion, fronts } = motionPlanes(clip)
    expect(fronts).toEqual(found.frames)
    const planes = { ...size, seed: motion, soft: motion, motion }
    const { data } = fullSizeMask(planes, { variant: 'motion', beta: 0.5 }, size)
    expect(data).toEqual(found.mask)
    const large = fullSizeMask(
      planes,
      { variant: 'motion', beta: 0.5 },
      { height: 128, width: 160 },
    )
    const area = large.data.reduce((sum, value) => sum + value, 0) / (4 * pixels)
    expect(area).toBeCloseTo(found.mask.reduce((sum, value) => sum + value, 0) / pixels, 1)
  })
})
