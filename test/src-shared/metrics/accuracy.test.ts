import { describe, expect, it } from 'vitest'
import {
  confusionMatrix,
  predictedClasses,
  rankOfClass,
  topKAccuracy,
} from '#shared/metrics/accuracy.ts'
import golden from '../../fixtures/metrics/scores.json' with { type: 'json' }

const { classes, labels, ks, accuracy, confusion } = golden.classification
const logits = Float32Array.from(golden.classification.logits)

describe('topKAccuracy', () => {
  it.each(ks.map((k, i) => ({ k, expected: accuracy[i] })))(
    'agrees with PyTorch at k = $k',
    ({ k, expected }) => {
      expect(topKAccuracy(logits, labels, classes, k)).toBeCloseTo(expected, 12)
    },
  )

  it('gives no credit for scores that are all alike', () => {
    expect(topKAccuracy(new Float32Array(12), [0, 1, 2], 4, 1)).toBeCloseTo(1 / 3, 12)
  })

  it('refuses scores of another size, a class that there is not, and nothing', () => {
    const scores = new Float32Array(6)
    expect(() => topKAccuracy(scores, [0, 1], 4, 1)).toThrow('Expected 2 x 4 scores, got 6')
    expect(() => topKAccuracy(scores, [0, 3], 3, 1)).toThrow('class from 0 to 2, got 3')
    expect(() => topKAccuracy(scores, [], 3, 1)).toThrow('no labels')
  })
})

describe('rankOfClass', () => {
  it('orders by falling score, then by class', () => {
    const scores = [0.5, 2, 0.5, 3]
    expect([0, 1, 2, 3].map((label) => rankOfClass(scores, label))).toEqual([2, 1, 3, 0])
  })

  it('never counts a score that is not a number for the class', () => {
    expect(rankOfClass([NaN, 1, 2], 0)).toBe(2)
    expect(rankOfClass([NaN, 1, 2], 2)).toBe(1)
  })
})

describe('confusionMatrix', () => {
  it('agrees with PyTorch on predicted classes', () => {
    const predicted = predictedClasses(logits, classes)
    expect(confusionMatrix(labels, predicted, classes)).toEqual(confusion)
  })

  it('refuses lists that do not fit', () => {
    expect(() => confusionMatrix([0, 1], [0], 2)).toThrow('2 labels and 1 predictions')
    expect(() => confusionMatrix([0], [2], 2)).toThrow('class from 0 to 1, got 2')
  })
})
