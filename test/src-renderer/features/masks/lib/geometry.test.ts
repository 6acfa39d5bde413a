import { describe, expect, it } from 'vitest'
import { clipFrames, clipSpan, lastStart } from '#shared/fame/clip-window.ts'
import { measureGrid, pagesOf } from '../../../../../src-renderer/src/lib/pages.ts'

describe('the window of a clip', () => {
  const shape = { frames: 16, stride: 2 }

  it('spans from the first to the last frame', () => {
    expect(clipSpan(shape)).toBe(31)
    expect(clipFrames(5, { frames: 3, stride: 4 })).toEqual([5, 9, 13])
  })

  it('starts no later than the whole clip fits', () => {
    const start = lastStart(shape, 64)
    expect(clipFrames(start, shape).at(-1)).toBe(63)
    expect(lastStart(shape, 9)).toBe(0)
  })
})

describe('pagesOf', () => {
  it('names the pages in sight, the first aside', () => {
    expect(pagesOf({ first: 0, last: 30 }, 100, 1000)).toEqual([])
    expect(pagesOf({ first: 95, last: 210 }, 100, 1000)).toEqual([1, 2])
  })

  it('ends with the videos', () => {
    expect(pagesOf({ first: 150, last: 900 }, 100, 230)).toEqual([1, 2])
    expect(pagesOf({ first: 0, last: 0 }, 100, 0)).toEqual([])
  })
})

it('fills the width with as many columns as fit', () => {
  const { columns, cardWidth } = measureGrid(1000, 164, 12, 46)
  expect(columns).toBe(5)
  expect(columns * cardWidth + (columns - 1) * 12).toBeCloseTo(1000, 6)
  expect(measureGrid(50, 164, 12, 46).columns).toBe(1)
})
