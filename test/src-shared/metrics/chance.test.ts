import { describe, expect, it } from 'vitest'
import {
  chanceLoss,
  chanceOfTop,
  entropyWithShare,
  errorOfMeanIndex,
  evenAssignmentEntropy,
  meanCosineAtSpread,
  standardErrorOfCosine,
  standardErrorOfShare,
} from '#shared/metrics/chance.ts'
import { follow } from '#shared/metrics/series.ts'
import { Rng } from '#shared/random/rng.ts'

const WEIGHT = 0.8

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const shares = logits.map((logit) => Math.exp(logit - most))
  const sum = shares.reduce((a, b) => a + b, 0)
  return shares.map((share) => share / sum)
}

function direction(rng: Rng, dimension: number): number[] {
  const x = Array.from({ length: dimension }, () => rng.normal())
  const length = Math.hypot(...x)
  return x.map((value) => value / length)
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)
}

describe('where nothing has been learned', () => {
  it('an index is as far from the mean as the deviation of all indices', () => {
    for (const values of [1, 2, 8, 15, 16]) {
      const all = Array.from({ length: values }, (_, i) => i + 1)
      expect(errorOfMeanIndex(values)).toBeCloseTo(deviation(all) ** 2, 10)
    }
  })

  it('a contrastive loss is the cross-entropy of equal similarities', () => {
    for (const [negatives, temperature] of [
      [192, 0.1],
      [62, 0.07],
      [1, 0.5],
    ]) {
      const p = softmax(new Array<number>(negatives + 1).fill(0.37 / temperature))
      expect(chanceLoss(negatives)).toBeCloseTo(-Math.log(p[0]), 12)
    }
    // NT-Xent of N = 32 videos: Chen et al. contrast 2N clips.
    expect(chanceLoss(2 * 31)).toBe(Math.log(2 * 32 - 1))
  })

  it('a positive is among the first by chance as often as random similarities put it there', () => {
    const rng = new Rng(1)
    const [negatives, trials] = [19, 20_000]
    const found = { 1: 0, 5: 0 }
    for (let trial = 0; trial < trials; trial++) {
      const own = rng.uniform()
      const ahead = Array.from({ length: negatives }, () => rng.uniform()).filter((s) => s > own)
      if (ahead.length < 1) found[1]++
      if (ahead.length < 5) found[5]++
    }
    expect(found[1] / trials).toBeCloseTo(chanceOfTop(1, negatives), 2)
    expect(found[5] / trials).toBeCloseTo(chanceOfTop(5, negatives), 2)
    expect(chanceOfTop(5, 3)).toBe(1)
  })

  it('smoothed shares and cosines vary as much as their standard errors say', () => {
    const rng = new Rng(2)
    const [p, trials, dimension, count] = [0.1, 32, 16, 8]
    const [share, cosine] = [
      { average: 0, total: 0 },
      { average: 0, total: 0 },
    ]
    const [shares, cosines]: [number[], number[]] = [[], []]
    for (let step = 0; step < 8_000; step++) {
      const hits = Array.from({ length: trials }, () => Number(rng.chance(p)))
      const ofStep = hits.reduce((a, b) => a + b, 0) / trials
      shares.push(follow(share, ofStep, WEIGHT))
      let sum = 0
      for (let i = 0; i < count; i++) {
        const [a, b] = [direction(rng, dimension), direction(rng, dimension)]
        sum += a.reduce((dot, value, d) => dot + value * b[d], 0)
      }
      cosines.push(follow(cosine, sum / count, WEIGHT))
    }
    const errors = [
      standardErrorOfShare(p, trials, WEIGHT),
      standardErrorOfCosine({ count, dimension }, WEIGHT),
    ]
    expect(deviation(shares.slice(50)) / errors[0]).toBeCloseTo(1, 1)
    expect(deviation(cosines.slice(50)) / errors[1]).toBeCloseTo(1, 1)
  })

  it('clips that choose prototypes at random have the entropy that is expected', () => {
    const rng = new Rng(3)
    for (const [clips, prototypes] of [
      [64, 30],
      [16, 300],
    ]) {
      const repeats = 2_000
      let total = 0
      for (let repeat = 0; repeat < repeats; repeat++) {
        const counts = new Map<number, number>()
        for (let clip = 0; clip < clips; clip++) {
          const chosen = rng.int(prototypes)
          counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
        }
        for (const count of counts.values()) total -= (count / clips) * Math.log(count / clips)
      }
      const mean = total / repeats / Math.log(Math.min(clips, prototypes))
      expect(evenAssignmentEntropy(clips, prototypes)).toBeCloseTo(mean, 2)
    }
  })

  it('a softmax with one share above the others has the entropy of its shares', () => {
    const shares = [0.4, ...new Array<number>(11).fill(0.6 / 11)]
    const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0)
    expect(entropyWithShare(0.4, 12)).toBeCloseTo(entropy, 12)
    expect(entropyWithShare(1 / 12, 12)).toBeCloseTo(Math.log(12), 12)
  })
})

describe('the spread of embeddings', () => {
  /** As the trainer measures it, beside the mean cosine of different embeddings. */
  function measured(embeddings: readonly (readonly number[])[]): {
    spread: number
    cosine: number
  } {
    const D = embeddings[0].length
    const deviations = Array.from({ length: D }, (_, d) => deviation(embeddings.map((x) => x[d])))
    const spread = (deviations.reduce((a, b) => a + b, 0) / D) * Math.sqrt(D)
    let [sum, pairs] = [0, 0]
    embeddings.forEach((a, i) =>
      embeddings.slice(i + 1).forEach((b) => {
        sum += a.reduce((dot, value, d) => dot + value * b[d], 0)
        pairs++
      }),
    )
    return { spread, cosine: sum / pairs }
  }

  it('is 1 for even directions, and 1/√D is the deviation of each number', () => {
    const rng = new Rng(4)
    const x = Array.from({ length: 2_000 }, () => direction(rng, 32))
    expect(deviation(x.map(([first]) => first))).toBeCloseTo(1 / Math.sqrt(32), 2)
    expect(measured(x.slice(0, 400)).spread).toBeCloseTo(1, 1)
  })

  it('is at most what the mean cosine leaves, and comes near that for even deviations', () => {
    const rng = new Rng(5)
    const centre = direction(rng, 64)
    for (const noise of [0.1, 0.5, 2]) {
      const x = Array.from({ length: 300 }, () => {
        const moved = direction(rng, 64).map((value, d) => centre[d] + noise * value)
        const length = Math.hypot(...moved)
        return moved.map((value) => value / length)
      })
      const { spread, cosine } = measured(x)
      expect(cosine).toBeLessThan(meanCosineAtSpread(spread) + 0.005)
      expect(cosine).toBeGreaterThan(meanCosineAtSpread(spread) - 0.05)
    }
  })

  it('is √(r/D) where r of D directions are used evenly', () => {
    const rng = new Rng(6)
    const x = Array.from({ length: 1_000 }, () => [
      ...direction(rng, 4),
      ...new Array<number>(60).fill(0),
    ])
    expect(measured(x.slice(0, 400)).spread).toBeCloseTo(Math.sqrt(4 / 64), 2)
  })
})
