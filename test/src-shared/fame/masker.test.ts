import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClipError, type Clip } from '#shared/fame/clip.ts'
import { computeMask, createMasker } from '#shared/fame/masker.ts'
import { MASK_VARIANTS } from '#shared/views/merge-settings.ts'
import { Rng } from '#shared/random/rng.ts'
import {
  GOLDEN_BETAS,
  GOLDEN_NAMES,
  intersectionOverUnion,
  largestDifference,
  readGolden,
} from '../../fixtures/golden-clip.ts'

const count = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0)

describe.each(GOLDEN_NAMES)('golden clip %s', (name) => {
  const golden = readGolden(name)
  const { clip } = golden
  const asFloats = { ...clip, data: Float32Array.from(clip.data, (byte) => byte / 255) }

  it.each([
    ['bytes', clip],
    ['floats', asFloats],
  ])('gives the seed, posterior and soft mask of the reference from %s', (_, input) => {
    const layers = computeMask(input, { beta: 0.5, variant: 'fame' })
    expect(largestDifference(layers.seed, golden.seed)).toBeLessThan(1e-4)
    expect(largestDifference(layers.soft, golden.soft)).toBeLessThan(0.02)
    const near = layers.posterior?.filter(
      (value, i) => Math.abs(value - golden.posterior[i]) < 1e-3,
    )
    expect(near?.length).toBeGreaterThan(0.995 * golden.posterior.length)
  })

  it.each(GOLDEN_BETAS.map((beta, i) => ({ beta, expected: golden.masks[i] })))(
    'gives the mask of the reference at beta $beta',
    ({ beta, expected }) => {
      const { mask } = computeMask(clip, { beta, variant: 'fame' })
      expect(count(mask)).toBe(count(expected))
      expect(intersectionOverUnion(mask, expected)).toBeGreaterThanOrEqual(0.99)
    },
  )

  it.each(GOLDEN_BETAS)('takes the largest seed values for variant seed at beta %d', (beta) => {
    const { mask } = computeMask(clip, { beta, variant: 'seed' })
    const k = Math.trunc(beta * clip.height * clip.width)
    const threshold = golden.seed.toSorted().at(-k) ?? NaN
    const expected = Uint8Array.from(golden.seed, (value) => Number(value >= threshold))
    expect(count(mask)).toBe(k)
    expect(intersectionOverUnion(mask, expected)).toBeGreaterThanOrEqual(0.99)
  })

  it('takes the 8 of 4 x 4 cells with most seed for variant grid, whatever beta is', () => {
    const sums = Array.from({ length: 16 }, (_, cell) => {
      let sum = 0
      for (let y = 0; y < 28; y++) {
        for (let x = 0; x < 28; x++) {
          sum += golden.seed[(28 * Math.floor(cell / 4) + y) * 112 + 28 * (cell % 4) + x]
        }
      }
      return sum
    })
    const chosen = sums.map((sum) => sums.filter((other) => other > sum).length < 8)
    const expected = Uint8Array.from({ length: 112 * 112 }, (_, i) =>
      Number(chosen[4 * Math.floor(i / 112 / 28) + Math.floor((i % 112) / 28)]),
    )
    for (const beta of GOLDEN_BETAS) {
      expect(computeMask(clip, { beta, variant: 'grid' }).mask).toEqual(expected)
    }
  })
})

describe('variant gauss', () => {
  it('is the disc of int(beta*H*W) pixels about the centre, whatever the clip shows', () => {
    const size = 112
    const clip = randomClip(1, 2, size, size)
    for (const beta of GOLDEN_BETAS) {
      const { mask } = computeMask(clip, { beta, variant: 'gauss' })
      const k = Math.trunc(beta * size * size)
      const distance = Float64Array.from({ length: size * size }, (_, i) =>
        Math.hypot((i % size) - 55.5, Math.floor(i / size) - 55.5),
      )
      const radius = distance.toSorted()[k - 1]
      expect(count(mask)).toBe(k)
      mask.forEach((value, i) => {
        if (distance[i] < radius - 1e-3) expect(value).toBe(1)
        if (distance[i] > radius + 1e-3) expect(value).toBe(0)
      })
    }
  })

  it('falls to exp(-1/2) a quarter of the frame from the centre', () => {
    const { soft } = computeMask(randomClip(1, 2, 41, 81), { beta: 0.5, variant: 'gauss' })
    expect(soft[20 * 81 + 40]).toBe(1)
    const quarter = Math.exp(-0.5 * (20 / (0.25 * 81)) ** 2)
    expect(soft[20 * 81 + 60]).toBeCloseTo(quarter, 6)
  })
})

describe('every variant', () => {
  const variants = fc.constantFrom('fame', 'seed', 'gauss', 'grid')
  const clips = fc
    .record({
      seed: fc.integer(),
      frames: fc.integer({ min: 2, max: 4 }),
      height: fc.integer({ min: 4, max: 40 }),
      width: fc.integer({ min: 4, max: 40 }),
    })
    .map(({ seed, frames, height, width }) => randomClip(seed, frames, height, width))
  const betas = fc.double({ min: 0, max: 1, noNaN: true })

  it('marks exactly int(beta*H*W) pixels, but grid half of the cells', () => {
    fc.assert(
      fc.property(clips, variants, betas, (clip, variant, beta) => {
        const { mask } = computeMask(clip, { beta, variant })
        if (variant !== 'grid') {
          expect(count(mask)).toBe(Math.trunc(beta * clip.height * clip.width))
        } else if (clip.height % 4 === 0 && clip.width % 4 === 0) {
          expect(count(mask)).toBe((clip.height * clip.width) / 2)
        }
      }),
    )
  })

  it('only adds pixels as beta grows', () => {
    fc.assert(
      fc.property(clips, variants, betas, betas, (clip, variant, a, b) => {
        const less = computeMask(clip, { beta: Math.min(a, b), variant }).mask
        const more = computeMask(clip, { beta: Math.max(a, b), variant }).mask
        expect(less.every((value, i) => value <= more[i])).toBe(true)
      }),
    )
  })

  it('stays in [0, 1] and finite, also for clips without motion or colour', () => {
    const all = fc.constantFrom(...MASK_VARIANTS)
    fc.assert(
      fc.property(clips, all, fc.integer({ min: 0, max: 255 }), (clip, variant, level) => {
        const still = { ...clip, data: new Uint8Array(clip.data.length).fill(level) }
        for (const input of [clip, still]) {
          const { seed, soft, posterior } = computeMask(input, { beta: 0.5, variant })
          for (const plane of [seed, soft, posterior ?? seed]) {
            expect(plane.every((value) => value >= 0 && value <= 1)).toBe(true)
          }
        }
      }),
    )
  })
})

describe('a mask', () => {
  it('mirrors when the clip is mirrored', () => {
    const { clip } = readGolden('tree')
    const options = { beta: 0.4, variant: 'fame' } as const
    const straight = computeMask(clip, options)
    const mirrored = computeMask({ ...clip, data: mirror(clip.data, clip.width, 3) }, options)
    expect(largestDifference(mirror(mirrored.soft, clip.width, 1), straight.soft)).toBeLessThan(
      1e-5,
    )
  })

  it('does not change when the clip plays backwards', () => {
    const { clip } = readGolden('megamind')
    const frame = clip.data.length / clip.frames
    const data = new Uint8Array(clip.data.length)
    for (let t = 0; t < clip.frames; t++) {
      data.set(clip.data.subarray(t * frame, (t + 1) * frame), (clip.frames - 1 - t) * frame)
    }
    const options = { beta: 0.4, variant: 'fame' } as const
    expect(computeMask({ ...clip, data }, options).mask).toEqual(computeMask(clip, options).mask)
  })

  it('does not depend on what the masker did before', () => {
    const masker = createMasker(112, 112)
    const options = { beta: 0.5, variant: 'fame' } as const
    masker.compute(readGolden('tree').clip, { beta: 0.3, variant: 'grid' })
    masker.compute(readGolden('tree').clip, options)
    const { clip } = readGolden('vtest-a')
    expect(masker.compute(clip, options)).toEqual(computeMask(clip, options))
  })
})

describe('a clip that cannot be masked', () => {
  const options = { beta: 0.5, variant: 'fame' } as const
  it.each([
    [{ ...randomClip(1, 2, 8, 8), frames: 1 }, 'Expected 192 values'],
    [randomClip(1, 1, 8, 8), 'the clip has 1'],
    [randomClip(1, 2, 3, 8), 'at least 4 x 4 pixels, got 3 x 8'],
  ])('is refused with the fact (%#)', (clip, message) => {
    expect(() => computeMask(clip, options)).toThrow(ClipError)
    expect(() => computeMask(clip, options)).toThrow(message)
  })

  it('is refused by a masker for another size, and so is a beta out of range', () => {
    const masker = createMasker(8, 8)
    expect(() => masker.compute(randomClip(1, 2, 8, 9), options)).toThrow('for 8 x 8 pixels')
    const clip = randomClip(1, 2, 8, 8)
    expect(() => masker.compute(clip, { ...options, beta: NaN })).toThrow('beta in [0, 1], got NaN')
  })
})

function randomClip(seed: number, frames: number, height: number, width: number): Clip {
  const rng = new Rng(seed)
  const data = Uint8Array.from({ length: frames * height * width * 3 }, () => rng.int(256))
  return { data, frames, height, width }
}

/** Mirrors rows of `width` pixels of `channels` values. */
function mirror<T extends Uint8Array | Float32Array>(data: T, width: number, channels: number): T {
  const out = data.slice() as T
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels)
    const x = pixel % width
    out[(pixel - x + width - 1 - x) * channels + (i % channels)] = data[i]
  }
  return out
}
