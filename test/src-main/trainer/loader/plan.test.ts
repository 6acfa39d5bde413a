import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planStep, stepsPerEpoch } from '#main/trainer/loader/plan.ts'

const shapes = fc
  .record({
    seed: fc.nat(),
    batch: fc.integer({ min: 2, max: 16 }),
    batches: fc.integer({ min: 1, max: 6 }),
    rest: fc.nat({ max: 15 }),
  })
  .map(({ seed, batch, batches, rest }) => ({
    seed,
    batch,
    videos: batch * batches + Math.min(rest, batch - 1),
  }))

describe('planStep', () => {
  it('takes every video at most once an epoch, and all of them when batches divide it', () => {
    fc.assert(
      fc.property(shapes, fc.nat({ max: 3 }), (options, epoch) => {
        const steps = stepsPerEpoch(options)
        const seen = Array.from({ length: steps }, (_, i) => planStep(epoch * steps + i, options))
        const videos = seen.flatMap((plan) => [...plan.videos])
        expect(new Set(videos).size).toBe(steps * options.batch)
        expect(Math.max(...videos)).toBeLessThan(options.videos)
        expect(seen.every((plan) => plan.epoch === epoch)).toBe(true)
      }),
    )
  })

  it('never gives a clip its own background and uses each background once', () => {
    fc.assert(
      fc.property(shapes, fc.nat({ max: 50 }), (options, step) => {
        for (const partners of planStep(step, options).partners) {
          expect(new Set(partners).size).toBe(options.batch)
          partners.forEach((partner, slot) => expect(partner).not.toBe(slot))
        }
      }),
    )
  })

  it('depends on seed and step alone', () => {
    const options = { seed: 5, videos: 40, batch: 8 }
    expect(planStep(7, options)).toEqual(planStep(7, options))
    expect(planStep(7, options).seeds).not.toEqual(planStep(7, { ...options, seed: 6 }).seeds)
    expect(planStep(7, options).videos).not.toEqual(planStep(12, options).videos)
  })

  it('gives the two clips of a video different seeds, and new ones each epoch', () => {
    const options = { seed: 5, videos: 8, batch: 8 }
    const seeds = [0, 1, 2].flatMap((step) => [...planStep(step, options).seeds])
    expect(new Set(seeds).size).toBe(48)
  })

  it('says what is wrong when the split is smaller than a batch', () => {
    expect(() => planStep(0, { seed: 1, videos: 7, batch: 8 })).toThrow(
      'A batch needs 8 videos, but the training split has 7. Choose a smaller batch.',
    )
  })
})
