import { describe, expect, it } from 'vitest'
import { predictedClasses, rankOfClass } from '#shared/metrics/accuracy.ts'
import { ConfusionTally } from '#shared/metrics/confusion.ts'
import golden from '../../fixtures/metrics/scores.json' with { type: 'json' }

const { classes, labels, ks, accuracy, confusion } = golden.classification
const logits = Float32Array.from(golden.classification.logits)

describe('rankOfClass', () => {
  it.each(ks.map((k, i) => ({ k, expected: accuracy[i] })))(
    'gives the accuracy of PyTorch at k = $k',
    ({ k, expected }) => {
      const rows = labels.map((_label, n) => logits.subarray(n * classes, (n + 1) * classes))
      const hits = labels.filter((label, n) => rankOfClass(rows[n], label) < k).length
      expect(hits / labels.length).toBeCloseTo(expected, 12)
    },
  )

  it('orders by falling score, then by class', () => {
    const scores = [0.5, 2, 0.5, 3]
    expect([0, 1, 2, 3].map((label) => rankOfClass(scores, label))).toEqual([2, 1, 3, 0])
  })

  it('never counts a score that is not a number for the class', () => {
    expect(rankOfClass([NaN, 1, 2], 0)).toBe(2)
    expect(rankOfClass([NaN, 1, 2], 2)).toBe(1)
  })
})

describe('a tally of answers', () => {
  it('agrees with PyTorch on predicted classes', () => {
    const tally = new ConfusionTally(classes)
    predictedClasses(logits, classes).forEach((answer, n) => tally.add(labels[n], answer))
    const matrix = confusion.map((row) => row.map(() => 0))
    const triples = tally.triples()
    for (let i = 0; i < triples.length; i += 3) matrix[triples[i]][triples[i + 1]] = triples[i + 2]
    expect(matrix).toEqual(confusion)
  })

  it('refuses a class that there is not', () => {
    expect(() => new ConfusionTally(2).add(0, 2)).toThrow('class from 0 to 1, got 2')
  })
})
