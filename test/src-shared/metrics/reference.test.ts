import { describe, expect, it } from 'vitest'
import { ScoreTally } from '#main/trainer/evaluation/score-tally.ts'
import { predictedClasses, rankOfClass } from '#shared/metrics/accuracy.ts'
import { NeighbourIndex, nearestRows, neighbourVotes } from '#shared/metrics/retrieval.ts'
import { wilson } from '#shared/metrics/spread.ts'
import reference from '../../fixtures/metrics/evaluation.json' with { type: 'json' }
import { retrieve } from './retrieve.ts'

describe('against scikit-learn', () => {
  it.each(reference.classification)('classifies $classes classes', (known) => {
    const { classes, labels } = known
    const scores = Float32Array.from(known.scores)
    const tally = new ScoreTally(classes, ['top1', 'top5'])
    const predicted = predictedClasses(scores, classes)
    labels.forEach((truth, n) => {
      const rank = rankOfClass(scores.subarray(n * classes, (n + 1) * classes), truth)
      tally.add({ truth, predicted: predicted[n], hits: [rank < 1, rank < 5] })
    })
    expect(tally.scores().top1).toBeCloseTo(known.top['1'], 12)
    expect(tally.scores().top5).toBeCloseTo(known.top['5'], 12)
    const { confusion, perClass } = tally.found().detail!
    const triples = known.confusion.flatMap((row, truth) =>
      row.flatMap((count, answer) => (count > 0 ? [truth, answer, count] : [])),
    )
    expect(confusion).toEqual(triples)
    perClass.forEach(({ videos, correct }, label) => {
      expect(videos === 0 ? 0 : correct / videos).toBeCloseTo(known.recall[label], 12)
    })
  })

  it.each(reference.neighbours)('votes and retrieves among $k neighbours', (known) => {
    const { size, k, classes, temperature } = known
    const train = { features: Float32Array.from(known.train), labels: known.trainLabels }
    const test = { features: Float32Array.from(known.test), labels: known.testLabels }
    const index = new NeighbourIndex(train, size, { centred: false })
    known.testLabels.forEach((_label, n) => {
      const [similarities] = index.compare(test.features.subarray(n * size, (n + 1) * size))
      const rows = nearestRows(similarities, k)
      const voters = { similarities, labels: train.labels, rows }
      const votes = neighbourVotes(voters, { classes, temperature })
      const sum = votes.reduce((total, vote) => total + vote, 0)
      votes.forEach((vote, label) => {
        expect(vote / sum).toBeCloseTo(known.shares[n * classes + label], 4)
      })
      expect(votes.indexOf(Math.max(...votes))).toBe(known.voted[n])
    })
    const ks = Object.keys(known.recall).map(Number)
    const { recall, nearest } = retrieve(train, test, size, ks)
    expect(recall).toEqual(Object.values(known.recall).map((value) => expect.closeTo(value, 12)))
    expect([...nearest]).toEqual(known.nearest)
  })
})

it.each(reference.intervals)('agrees with SciPy on $hits of $videos', (known) => {
  const [low, high] = wilson(known.hits / known.videos, known.videos)
  expect(low).toBeCloseTo(known.low, 6)
  expect(high).toBeCloseTo(known.high, 6)
})
