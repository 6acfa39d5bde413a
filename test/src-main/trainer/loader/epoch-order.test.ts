import { describe, expect, it } from 'vitest'
import { balancedOrder, shuffledOrder } from '#main/trainer/loader/epoch-order.ts'
import { planStep, stepsPerEpoch } from '#main/trainer/loader/plan.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'

/** How often each value comes. */
function counts(values: Iterable<number>): Map<number, number> {
  const seen = new Map<number, number>()
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1)
  return seen
}

describe('a balanced order', () => {
  // Two videos of class 0, seven of class 1, one without a class.
  const labels = [0, 1, 1, 1, 1, 1, 1, 1, 0, -1]
  const { videos, repeats } = balancedOrder(3, labels, 30)

  it('takes every class equally often, and its videos in turn', () => {
    expect(counts(Array.from(videos, (video) => labels[video]))).toEqual(
      new Map([
        [0, 10],
        [1, 10],
        [-1, 10],
      ]),
    )
    const each = counts(videos)
    expect([each.get(0), each.get(8), each.get(9)]).toEqual([5, 5, 10])
    for (const video of [1, 2, 3, 4, 5, 6, 7]) {
      expect(each.get(video)).toBeGreaterThanOrEqual(1)
      expect(each.get(video)).toBeLessThanOrEqual(2)
    }
  })

  it('counts how often a video came before', () => {
    const before = new Map<number, number>()
    videos.forEach((video, place) => {
      expect(repeats[place]).toBe(before.get(video) ?? 0)
      before.set(video, repeats[place] + 1)
    })
  })

  it('follows from its seed', () => {
    expect(balancedOrder(3, labels, 30).videos).toEqual(videos)
    expect(balancedOrder(4, labels, 30).videos).not.toEqual(videos)
  })
})

describe('an epoch that drops no batch', () => {
  const options = { seed: 5, videos: 10, batch: 4, dropLast: false }

  it('takes every video, and fills the last batch up from the beginning', () => {
    expect(stepsPerEpoch(options)).toBe(3)
    const plans = [0, 1, 2].map((step) => planStep(step, options))
    const videos = plans.flatMap((plan) => [...plan.videos])
    expect(new Set(videos)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect(videos.slice(10)).toEqual(videos.slice(0, 2))
    expect(planStep(3, options).epoch).toBe(1)
  })

  it('draws other clips where a video comes again', () => {
    const seeds = [0, 1, 2].flatMap((step) => [...planStep(step, options).seeds])
    expect(new Set(seeds).size).toBe(24)
  })

  it('is the same as one that does where batches divide it', () => {
    const whole = { seed: 5, videos: 8, batch: 4 }
    expect(planStep(3, { ...whole, dropLast: false })).toEqual(planStep(3, whole))
  })
})

it('is by default the permutation of its seed, cut into batches, with the seeds of its clips', () => {
  const [seed, videos, batch] = [9, 11, 4]
  const order = new Rng(deriveSeed(seed, 11, 1)).permutation(videos)
  const plan = planStep(3, { seed, videos, batch })
  expect([...plan.videos]).toEqual([...order.subarray(4, 8)])
  const clips = [...order.subarray(4, 8)].flatMap((video) =>
    [0, 1].map((view) => deriveSeed(seed, 13, 1, video, view)),
  )
  expect([...plan.seeds]).toEqual(clips)
  expect([...shuffledOrder(1, 5, 3).repeats]).toEqual([0, 0, 0])
})
