import { describe, expect, it } from 'vitest'
import { rankOfClass } from '#shared/metrics/accuracy.ts'
import { Rng } from '#shared/random/rng.ts'
import { KEPT_CLASSES, topClasses } from '#main/trainer/evaluation/predictions.ts'

describe('the best classes of a video', () => {
  // A learning rate of 30 gives logits whose exponentials are 0 in float32.
  it.each([1, 100, 1000])('are those that its scores count, with logits times %i', (scale) => {
    const rng = new Rng(scale)
    const logits = Float32Array.from({ length: 20 }, () => scale * rng.normal())
    const ranks = Array.from(logits, (_, label) => rankOfClass(logits, label))
    const best = Array.from({ length: KEPT_CLASSES }, (_, rank) => ranks.indexOf(rank))
    expect(topClasses(logits).map(([label]) => label)).toEqual(best)
  })

  it('have their probabilities', () => {
    const top = topClasses(Float32Array.of(0, Math.log(3), -1000))
    expect(top).toEqual([
      [1, 0.75],
      [0, 0.25],
      [2, 0],
    ])
  })
})
