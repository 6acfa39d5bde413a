import { describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { drawForm, frameOrder } from '#shared/views/clip-form.ts'

const SHAPE = { frames: 8, stride: 2 }

describe('the order of frames', () => {
  it('is none in time, backwards where reversed', () => {
    expect(frameOrder(4, {})).toBeNull()
    expect(frameOrder(4, { isReversed: true })).toEqual([3, 2, 1, 0])
  })

  it('is that of equal parts, of each frame where there are as many parts', () => {
    expect(frameOrder(8, { order: [3, 0, 1, 2] })).toEqual([6, 7, 0, 1, 2, 3, 4, 5])
    expect(frameOrder(4, { order: [2, 0, 3, 1] })).toEqual([2, 0, 3, 1])
    expect(frameOrder(5, { order: [1, 0] })).toEqual([2, 3, 4, 0, 1])
    expect(frameOrder(4, { order: [1, 0], isReversed: true })).toEqual([1, 0, 3, 2])
  })
})

describe('the form of a clip', () => {
  it('is the one that there is', () => {
    const form = drawForm(new Rng(1), [{ turn: 3, answer: 7 }], SHAPE)
    expect(form).toEqual({ stride: 2, order: null, turn: 3, answer: 7 })
  })

  it('is each of several equally often, and its place is the answer', () => {
    const variants = [{ speed: 1 }, { speed: 2 }, { speed: 4, isReversed: true }]
    const drawn = Array.from({ length: 3000 }, (_, seed) =>
      drawForm(new Rng(seed), variants, SHAPE),
    )
    for (const { stride, order, answer } of drawn) {
      expect(stride).toBe([2, 4, 8][answer!])
      expect(order === null).toBe(answer !== 2)
    }
    for (const answer of [0, 1, 2]) {
      const share = drawn.filter((form) => form.answer === answer).length / drawn.length
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03)
    }
  })

  it('has a stride from the range that a variant gives', () => {
    const strides = Array.from({ length: 500 }, (_, seed) => {
      return drawForm(new Rng(seed), [{ speed: [1.7, 2.2] }], SHAPE).stride
    })
    expect(Math.min(...strides)).toBeCloseTo(3.4, 1)
    expect(Math.max(...strides)).toBeCloseTo(4.4, 1)
  })
})
