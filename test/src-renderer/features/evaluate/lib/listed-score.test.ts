import { describe, expect, it } from 'vitest'
import { answerScore } from '../../../../../src-renderer/src/features/evaluate/lib/answer-score.ts'
import { listedScore } from '../../../../../src-renderer/src/features/evaluate/lib/listed-score.ts'

describe('the figure of an evaluation in the list', () => {
  it('has the name of its score, and stands out where it measures', () => {
    const scores = { 'R@5': 0.7, 'R@1': 0.385 }
    expect(listedScore('retrieval', scores)).toMatchObject({ text: 'R@1 38.5 %', isMain: true })
    expect(listedScore('linear', { clipTop1: 0.2, top1: 0.25 })?.text).toBe('Top-1 25.0 %')
  })

  it('is no accuracy where a protocol explains', () => {
    const activation = { inside: 0.179, area: 0.2, peak: 0.3 }
    expect(listedScore('activation', activation)).toMatchObject({
      text: 'in fg. 17.9 %',
      isMain: false,
    })
    expect(listedScore('background', { original: 0.6, gap: 0.123 })?.text).toBe('gap 12.3 points')
    expect(listedScore('map', { purity: 0.664 })?.text).toBe('same class 66.4 %')
  })

  it('is left out where there is none', () => {
    expect(listedScore('linear', undefined)).toBeNull()
    expect(listedScore('kernels', {})).toBeNull()
  })
})

it('says whether the score of an answer is a cosine, a vote or a probability', () => {
  expect(answerScore('retrieval', 1).text).toBe('cos 1.00')
  expect(answerScore('knn', 0.62).text).toBe('vote 62 %')
  expect(answerScore('linear', 0.87).text).toBe('prob. 87 %')
  expect(answerScore('finetune', 0.87).text).toBe('prob. 87 %')
})
