import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GlobalMotion } from '#shared/fame/camera/global-motion.ts'
import type { Clip } from '#shared/fame/clip.ts'
import { computeMask, createMasker, type MaskOptions } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'
import { intersectionOverUnion, readGolden } from '../../../fixtures/golden-clip.ts'
import {
  displacement,
  renderScene,
  still,
  trueDisplacement,
  type CameraPose,
  type Scene,
} from '../../../fixtures/moving-scene.ts'

const estimate = (clip: Clip) => new GlobalMotion(clip.height, clip.width).estimate(clip)
const path = (frames: number, pose: (t: number) => Partial<CameraPose>): CameraPose[] =>
  Array.from({ length: frames }, (_, t) => ({ ...still, ...pose(t) }))

describe('the motion of a camera', () => {
  const cases: [string, (t: number) => Partial<CameraPose>][] = [
    ['small shifts', (t) => ({ x: 0.6 * t, y: -0.35 * t })],
    ['wide shifts', (t) => ({ x: -4.3 * t, y: 2.7 * t })],
    ['turns', (t) => ({ turn: 0.02 * t })],
    ['zooms', (t) => ({ zoom: 1.02 ** t })],
    ['shaking', (t) => ({ x: 2.5 * Math.sin(1.7 * t), y: 2 * Math.sin(2.3 * t), turn: 0.01 * t })],
  ]
  const sizes = [
    [80, 80],
    [112, 112],
    [97, 129],
  ]
  it.each(cases.flatMap(([name, pose]) => sizes.map((size) => ({ name, pose, size }))))(
    'is found within a tenth of a pixel: $name, $size',
    ({ pose, size: [height, width] }) => {
      const camera = path(4, pose)
      const { clip } = renderScene({ height, width, camera, contrast: 0.5 })
      const motions = estimate(clip)
      expect(motions).toHaveLength(3)
      motions?.forEach((motion, t) => {
        for (const X of [-width / 2, 0, width / 2]) {
          for (const Y of [-height / 2, 0, height / 2]) {
            const [u, v] = displacement(motion, X, Y)
            const [trueU, trueV] = trueDisplacement(camera[t], camera[t + 1], X, Y)
            expect(Math.hypot(u - trueU, v - trueV)).toBeLessThan(0.1)
          }
        }
      })
    },
  )

  it('is found beside a thing of far greater contrast that moves otherwise', () => {
    const camera = path(4, (t) => ({ x: 2 * t, y: t }))
    const disc: Scene['disc'] = { radius: 28, contrast: 1, at: (t) => [40 + 6 * t, 60] }
    const { clip } = renderScene({ height: 112, width: 112, camera, contrast: 0.15, disc })
    const motions = estimate(clip)
    expect(motions).toHaveLength(3)
    for (const motion of motions ?? []) {
      const [u, v] = displacement(motion, 0, 0)
      expect(Math.hypot(u + 2, v + 1)).toBeLessThan(0.1)
    }
  })

  it('is found for any frame size, shift, turn and zoom of a hand, beside a moving disc', () => {
    const unit = fc.double({ min: -1, max: 1, noNaN: true })
    const side = fc.integer({ min: 48, max: 136 })
    fc.assert(
      fc.property(side, side, unit, unit, unit, unit, (height, width, x, y, turn, zoom) => {
        const short = Math.min(height, width)
        const camera = path(2, (t) => ({
          x: 0.06 * short * x * t,
          y: 0.06 * short * y * t,
          turn: 0.03 * turn * t,
          zoom: 1 + 0.025 * zoom * t,
        }))
        const at = (t: number): [number, number] => [0.4 * width + 4 * t, height / 2]
        const disc: Scene['disc'] = { radius: 0.18 * short, contrast: 0.9, at }
        const { clip } = renderScene({ height, width, camera, contrast: 0.3, disc })
        // A camera that hardly moves may be taken for a fixed one.
        const motion = estimate(clip)?.[0] ?? new Float64Array(6)
        const corner = [width / 2, height / 2] as const
        const [u, v] = displacement(motion, ...corner)
        const [trueU, trueV] = trueDisplacement(camera[0], camera[1], ...corner)
        expect(Math.hypot(u - trueU, v - trueV)).toBeLessThan(0.2)
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('is none where only a thing moves, also before a plain wall', () => {
    const camera = path(6, () => ({}))
    for (const contrast of [0.4, 0]) {
      const disc: Scene['disc'] = { radius: 30, contrast: 0.8, at: (t) => [40 + 4 * t, 56] }
      const { clip } = renderScene({ height: 112, width: 112, camera, contrast, disc })
      expect(estimate(clip)).toBeNull()
    }
  })

  it.each([1, 3])(
    'is none before a plain noisy wall where a thing passes: noise of %d',
    (level) => {
      const rng = new Rng(6)
      const disc = {
        radius: 14,
        contrast: 0.9,
        at: (t: number): [number, number] => [30 + 3 * t, 40 + t],
      }
      const camera = path(12, () => ({}))
      const { clip } = renderScene({ height: 112, width: 112, camera, contrast: 0, disc })
      const data = clip.data.map((value) =>
        Math.min(255, Math.max(0, Math.round(value + level * rng.normal()))),
      )
      expect(new GlobalMotion(112, 112).estimate({ ...clip, data })).toBeNull()
    },
  )

  /** A disc that fills a third of the frame, by its motion in pixels a frame. */
  const largeDisc = (u: number, v: number): { clip: Clip; camera: CameraPose[] } => {
    const camera = path(6, (t) => ({ x: 1.5 * t, y: -0.7 * t }))
    const disc: Scene['disc'] = { radius: 36, contrast: 0.3, at: (t) => [54 + u * t, 54 + v * t] }
    const size = { height: 112, width: 112 }
    return { camera, ...renderScene({ ...size, camera, contrast: 0.4, disc }) }
  }

  it('is that of the border where a large thing draws the fit to itself', () => {
    const { clip, camera } = largeDisc(0.5, 1.2)
    const motion = new GlobalMotion(112, 112)
    const errorOf = (border: boolean): number => {
      const motions = motion.estimate(clip, { border })
      expect(motions).toHaveLength(5)
      const errors = motions!.flatMap((one, t) =>
        [-50, 0, 50].flatMap((X) =>
          [-50, 0, 50].map((Y) => {
            const [u, v] = displacement(one, X, Y)
            const [trueU, trueV] = trueDisplacement(camera[t], camera[t + 1], X, Y)
            return Math.hypot(u - trueU, v - trueV)
          }),
        ),
      )
      return Math.max(...errors)
    }
    expect(errorOf(false)).toBeGreaterThan(0.2)
    expect(errorOf(true)).toBeLessThan(0.1)
  })

  it('is that of the whole frame, to the bit, where the border prefers none of its own', () => {
    const { clip } = largeDisc(2, -1)
    const motion = new GlobalMotion(112, 112)
    expect(motion.estimate(clip)).toEqual(motion.estimate(clip, { border: false }))
    const camera = path(6, (t) => ({ x: 2 * t, turn: 0.01 * t }))
    const empty = renderScene({ height: 112, width: 112, camera, contrast: 0.5 }).clip
    const whole = motion.estimate(empty, { border: false })
    expect(whole).toHaveLength(5)
    expect(motion.estimate(empty)).toEqual(whole)
  })

  it('does not depend on the clip before', () => {
    const { clip } = largeDisc(0.5, 1.2)
    const motion = new GlobalMotion(112, 112)
    const first = motion.estimate(clip)
    const other = { ...clip, data: clip.data.toReversed() }
    motion.estimate(other)
    expect(motion.estimate(clip)).toEqual(first)
  })
})

describe('a compensated mask', () => {
  it.each(['seed', 'motion'] as const)('takes the border into account, %s', (variant) => {
    const at = (t: number): [number, number] => [54 + 0.5 * t, 54 + 1.2 * t]
    const camera = path(6, (t) => ({ x: 1.5 * t, y: -0.7 * t }))
    const disc = { radius: 36, contrast: 0.3, at }
    const { clip } = renderScene({ height: 112, width: 112, camera, contrast: 0.4, disc })
    const maskOf = (border?: boolean) =>
      computeMask(clip, { beta: 0.4, variant, compensate: true, border }).mask
    expect(maskOf()).toEqual(maskOf(true))
    expect(maskOf(false)).not.toEqual(maskOf(true))
  })

  const options: MaskOptions = { beta: 0.15, variant: 'seed' }
  const disc: Scene['disc'] = { radius: 16, contrast: 0.4, at: (t) => [56 + 3 * t, 56] }

  it('finds a moving disc that a panning camera hides', () => {
    const camera = path(8, (t) => ({ x: 4 * t, y: 1.5 * Math.sin(t) }))
    const { clip, truth } = renderScene({ height: 112, width: 112, camera, contrast: 0.5, disc })
    const iou = (compensate: boolean): number =>
      intersectionOverUnion(computeMask(clip, { ...options, compensate }).mask, truth)
    expect(iou(false)).toBeLessThan(0.3)
    expect(iou(true)).toBeGreaterThan(0.6)
  })

  it('is what it is without compensation where the light of a fixed camera flickers', () => {
    const gains = [1, 0.93, 1.06, 1.01, 0.96, 1.05, 0.92, 1.03]
    const camera = gains.map(() => still)
    const { clip } = renderScene({ height: 112, width: 112, camera, contrast: 0.3, disc })
    const data = clip.data.map((value, i) =>
      Math.min(255, Math.round(value * gains[Math.floor((i * gains.length) / clip.data.length)])),
    )
    const seed: MaskOptions = { beta: 0.2, variant: 'seed' }
    const plain = computeMask({ ...clip, data }, seed)
    // The frames alone suggest a motion; in even light there is none.
    expect(new GlobalMotion(112, 112).estimate({ ...clip, data })).not.toBeNull()
    expect(computeMask({ ...clip, data }, { ...seed, compensate: true }).mask).toEqual(plain.mask)
  })

  it('has no change where a panning camera sees nothing move, up to the border', () => {
    const camera = path(6, (t) => ({ x: 3.4 * t, y: -1.3 * t }))
    const { clip } = renderScene({ height: 96, width: 112, camera, contrast: 0.5 })
    const plain = computeMask(clip, options).change
    const { change } = computeMask(clip, { ...options, compensate: true })
    expect(Math.max(...change)).toBeLessThan(0.25 * Math.max(...plain))
    expect(change.every((value) => value >= 0 && value <= 3)).toBe(true)
  })

  it.each(['bytes', 'floats'])(
    'is what it is without compensation for a fixed camera: %s',
    (as) => {
      const { clip } = readGolden('vtest-a')
      const data = as === 'bytes' ? clip.data : Float32Array.from(clip.data, (byte) => byte / 255)
      const masker = createMasker(clip.height, clip.width)
      const fame: MaskOptions = { beta: 0.5, variant: 'fame' }
      const plain = structuredClone(masker.compute({ ...clip, data }, fame))
      expect(masker.compute({ ...clip, data }, { ...fame, compensate: true })).toEqual(plain)
    },
  )

  it('takes clips of the least size', () => {
    const { clip } = renderScene({
      height: 4,
      width: 5,
      camera: path(3, (t) => ({ x: t })),
      contrast: 0.5,
    })
    const { soft } = computeMask(clip, { beta: 0.5, variant: 'fame', compensate: true })
    expect(soft.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})
