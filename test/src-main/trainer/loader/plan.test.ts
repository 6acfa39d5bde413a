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

  it('repeats each video in places that follow each other, each with seeds of its own', () => {
    const repeated = { seed: 5, videos: 12, batch: 12, repeats: 3 }
    const plain = { seed: 5, videos: 12, batch: 4 }
    expect(stepsPerEpoch(repeated)).toBe(3)
    for (const step of [0, 2, 5]) {
      const [many, one] = [planStep(step, repeated), planStep(step, plain)]
      expect([...many.videos]).toEqual([...one.videos].flatMap((video) => [video, video, video]))
      expect(new Set(many.seeds).size).toBe(24)
      // The first place of a video has the clips that it would have alone.
      const first = Array.from(one.seeds, (_, i) => many.seeds[6 * Math.floor(i / 2) + (i % 2)])
      expect(first).toEqual([...one.seeds])
      for (const partners of many.partners) {
        expect(new Set(partners).size).toBe(12)
        partners.forEach((partner, slot) => {
          expect(many.videos[partner]).not.toBe(many.videos[slot])
        })
      }
    }
  })

  it('draws other clips where a repeated video comes again within an epoch', () => {
    const options = { seed: 5, videos: 3, batch: 8, repeats: 2, labels: [0, 1, 1] }
    expect(() => planStep(0, options)).toThrow('A batch needs 4 videos')
    const filled = { seed: 5, videos: 5, batch: 8, repeats: 2, dropLast: false }
    const seeds = [0, 1].flatMap((step) => [...planStep(step, filled).seeds])
    expect(new Set(seeds).size).toBe(32)
  })

  it('says what is wrong when the split is smaller than a batch', () => {
    expect(() => planStep(0, { seed: 1, videos: 7, batch: 8 })).toThrow(
      'A batch needs 8 videos, but the training split has 7. Choose a smaller batch.',
    )
  })
})
