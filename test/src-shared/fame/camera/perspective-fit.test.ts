import { describe, expect, it } from 'vitest'
import { CompensatedChange } from '#shared/fame/camera/compensated-change.ts'
import { GlobalMotion } from '#shared/fame/camera/global-motion.ts'
import type { CameraMotion } from '#shared/fame/camera/motion.ts'
import type { ByteClip } from '#shared/fame/clip.ts'
import { placed } from '#shared/fame/motion-mask/pixel-map.ts'
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
    const { toFrame } = placeFrames(camera.estimate(clip)!, SIDE, SIDE)
    // The wall's place straight ahead in frame 3, by where each frame shows it.
    const [x3, y3] = placed(toFrame[3], 0, 0)
    expect(Number.isFinite(x3 + y3)).toBe(true)
    const { toFrame: all } = placeFrames(camera.estimate(clip)!, SIDE, SIDE)
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
