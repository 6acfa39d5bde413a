import { expect, it } from 'vitest'
import { maskPlanes, motionEnergy } from '#shared/fame/mask-planes.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { readGolden } from '../../fixtures/golden-clip.ts'
import { renderScene, still } from '../../fixtures/moving-scene.ts'

const { clip: panning } = renderScene({
  height: 64,
  width: 80,
  camera: Array.from({ length: 5 }, (_, t) => ({ ...still, x: 2.5 * t })),
  contrast: 0.5,
})

it.each([false, true])(
  'the planes of a clip are those of its mask, compensated: %s',
  (compensate) => {
    for (const clip of [readGolden('vtest-a').clip, panning]) {
      const { change, seed, posterior, soft } = computeMask(clip, {
        beta: 0.5,
        variant: 'fame',
        compensate,
      })
      expect(maskPlanes(clip, { compensate })).toMatchObject({ change, seed, posterior, soft })
    }
  },
)

it('the change of a clip is the mean difference of its frames, before the blur', () => {
  const { clip } = readGolden('megamind')
  const { change } = maskPlanes(clip)
  const pixels = clip.height * clip.width
  for (const pixel of [0, 57, 4321, pixels - 1]) {
    let sum = 0
    for (let t = 1; t < clip.frames; t++) {
      for (let c = 0; c < 3; c++) {
        const at = (frame: number): number => clip.data[(frame * pixels + pixel) * 3 + c]
        sum += Math.abs(at(t) - at(t - 1)) / 255
      }
    }
    expect(change[pixel]).toBeCloseTo(sum / (clip.frames - 1), 5)
  }
})

it('motion energy is the mean change of the picture from each frame to the next', () => {
  const { clip } = readGolden('tree')
  const energy = motionEnergy(clip)
  expect(energy).toHaveLength(clip.frames - 1)
  const { change } = maskPlanes(clip)
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(energy)).toBeCloseTo(mean(change), 6)
  const data = Float32Array.from(clip.data, (byte) => byte / 255)
  motionEnergy({ ...clip, data }).forEach((value, t) => expect(value).toBeCloseTo(energy[t], 6))
  expect(motionEnergy({ ...clip, data: clip.data.slice(0, data.length / 16), frames: 1 })).toEqual(
    [],
  )
})
