import { afterEach, describe, expect, it, vi } from 'vitest'
import { CompensatedChange } from '#shared/fame/camera/compensated-change.ts'
import { GlobalMotion } from '#shared/fame/camera/global-motion.ts'
import type { CameraMotion } from '#shared/fame/camera/motion.ts'
import type { ByteClip } from '#shared/fame/clip.ts'
import { placed } from '#shared/fame/motion-mask/pixel-map.ts'
import { MotionMasker } from '#shared/fame/motion-mask/motion-masker.ts'
import { placeFrames } from '#shared/fame/motion-mask/placement.ts'
import { Rng } from '#shared/random/rng.ts'
import { renderScene, still, type Scene } from '../../../fixtures/moving-scene.ts'

const SIDE = 112
const FRAMES = 6
const FOCAL = 93
const CENTRE = (SIDE - 1) / 2

/** Where the ray through (X, Y) meets the picture plane once the camera has turned to the right. */
function turned(X: number, Y: number, angle: number): [number, number] {
  const ahead = FOCAL * Math.cos(angle) - X * Math.sin(angle)
  return [(FOCAL * (X * Math.cos(angle) + FOCAL * Math.sin(angle))) / ahead, (FOCAL * Y) / ahead]
}

/** A texture of waves on a far wall, seen by a camera that turns by so many radians a frame. */
function turningClip(step: number): ByteClip {
  const rng = new Rng(12)
  const waves = Array.from({ length: 40 }, () => {
    const [angle, wave] = [rng.uniform(0, 2 * Math.PI), rng.uniform(0.2, 0.7)]
    const phase = rng.uniform(0, 2 * Math.PI)
    return { x: wave * Math.cos(angle), y: wave * Math.sin(angle), phase }
  })
  const data = new Uint8Array(FRAMES * SIDE * SIDE * 3)
  for (let pixel = 0; pixel < FRAMES * SIDE * SIDE; pixel++) {
    const t = Math.floor(pixel / (SIDE * SIDE))
    const [X, Y] = [(pixel % SIDE) - CENTRE, (Math.floor(pixel / SIDE) % SIDE) - CENTRE]
    const [x, y] = turned(X, Y, step * t)
    const sum = waves.reduce((all, wave) => all + Math.cos(wave.x * x + wave.y * y + wave.phase), 0)
    data.fill(Math.min(255, Math.max(0, Math.round(128 + 12 * sum))), 3 * pixel, 3 * pixel + 3)
  }
  return { data, frames: FRAMES, height: SIDE, width: SIDE }
}

/** The greatest error in pixels of a motion at places of the frame that both frames show. */
function errorOf([u0, ux, uy, v0, vx, vy, p = 0, q = 0]: CameraMotion, step: number): number {
  const errors = [-50, 0, 48].flatMap((X) =>
    [-50, 0, 50].map((Y) => {
      const w = 1 + p * X + q * Y
      const [x, y] = turned(X, Y, -step)
      return Math.hypot((X + u0 + ux * X + uy * Y) / w - x, (Y + v0 + vx * X + vy * Y) / w - y)
    }),
  )
  return Math.max(...errors)
}

describe('the motion of a camera that turns sideways', () => {
  const step = 0.014
  const clip = turningClip(step)
  const camera = new GlobalMotion(SIDE, SIDE)

  it('is a homography, found within a tenth of a pixel', () => {
    const affine = camera.estimate(clip, { perspective: false })!
    const found = camera.estimate(clip)!
    expect(affine[0]).toHaveLength(6)
    for (const motion of found) {
      expect(motion).toHaveLength(8)
      expect(errorOf(motion, step)).toBeLessThan(0.1)
    }
    expect(errorOf(affine[0], step)).toBeGreaterThan(0.3)
  })

  it('leaves less change once it is taken out, and frames that lie on one another', () => {
    const change = (perspective: boolean): number => {
      const plane = new Float32Array(SIDE * SIDE)
      const motions = camera.estimate(clip, { perspective })!
      new CompensatedChange(plane.length).measure(clip, motions, plane)
      return plane.reduce((sum, value) => sum + value, 0)
    }
    expect(change(true)).toBeLessThan(0.5 * change(false))
    const { toFrame: all } = placeFrames(camera.estimate(clip)!, SIDE, SIDE)!
    for (const X of [-30, 20]) {
      const canvas = inverseAt(all[3], X + CENTRE, 15 + CENTRE)
      const [x, y] = placed(all[0], ...canvas)
      const [trueX, trueY] = turned(X, 15, 3 * step)
      expect(Math.hypot(x - CENTRE - trueX, y - CENTRE - trueY)).toBeLessThan(0.25)
    }
  })
})

/** The canvas's place that a map leads to a place of the frame, by Newton's steps. */
function inverseAt(map: Parameters<typeof placed>[0], toX: number, toY: number): [number, number] {
  let at: [number, number] = [toX, toY]
  for (let round = 0; round < 60; round++) {
    const [x, y] = placed(map, ...at)
    at = [at[0] + toX - x, at[1] + toY - y]
  }
  return at
}

describe('a homography that sends places behind the camera', () => {
  const [height, width] = [21, 30]
  /** The camera turns more with each frame: w falls by 0.02 for a pixel to the left. */
  const turn = Float64Array.of(0, 0, 0, 0, 0, 0, 0.02, 0)
  const pan = Float64Array.of(-1, 0, 0, 0, 0, 0)
  afterEach(() => vi.restoreAllMocks())

  it('has no canvas, once enough of them are chained', () => {
    expect(placeFrames([turn, turn, turn, turn], height, width)).not.toBeNull()
    // Four frames from the middle, w is 1 - 0.08 * 14.5 < 0 at the border.
    expect(placeFrames(Array<CameraMotion>(8).fill(turn), height, width)).toBeNull()
  })

  it('leaves the clip its affine motions', () => {
    const affine = Array<CameraMotion>(8).fill(pan)
    vi.spyOn(GlobalMotion.prototype, 'estimate').mockImplementation((_, options) =>
      options?.perspective === false ? affine : Array<CameraMotion>(8).fill(turn),
    )
    const data = new Uint8Array(9 * height * width * 3).fill(90)
    const masker = new MotionMasker(height, width)
    expect(masker.compute({ data, frames: 9, height, width }).camera).toEqual(affine)
  })

  it('does not count there as a change', () => {
    const pixels = height * width
    const data = new Uint8Array(2 * 3 * pixels).fill(255, 3 * pixels)
    const change = new Float32Array(pixels)
    // (X - 20) / (1 - 0.1 X) lies within the frame at both ends of a row; w is 2.45 and -0.45 there.
    const motion = Float64Array.of(-20, 0, 0, 0, 0, 0, -0.1, 0)
    const clip = { data, frames: 2, height, width }
    new CompensatedChange(pixels).measure(clip, [motion], change)
    expect([change[10 * width], change[10 * width + width - 1]]).toEqual([3, 0])
  })
})

const still8 = Array.from({ length: 8 }, () => still)
const disc: Scene['disc'] = { radius: 20, contrast: 0.9, at: (t) => [35 + 4 * t, 60] }
it.each<[string, Scene['camera'], number]>([
  ['rests', still8, 20],
  ['pans', still8.map((pose, t) => ({ ...pose, x: 1.7 * t, y: -0.8 * t })), 20],
  ['zooms', still8.map((pose, t) => ({ ...pose, zoom: 1.015 ** t })), 20],
  ['turns about its axis', still8.map((pose, t) => ({ ...pose, turn: 0.02 * t })), 20],
  ['pans behind a large thing', still8.map((pose, t) => ({ ...pose, x: 1.5 * t })), 38],
])('nothing changes to the bit where the camera %s', (_, camera, radius) => {
  const { clip } = renderScene({
    height: SIDE,
    width: SIDE,
    camera,
    contrast: 0.5,
    disc: { ...disc, radius },
  })
  const estimator = new GlobalMotion(SIDE, SIDE)
  expect(estimator.estimate(clip)).toEqual(estimator.estimate(clip, { perspective: false }))
})
