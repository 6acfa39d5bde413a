import { describe, expect, it } from 'vitest'
import {
  reviewed,
  stepTo,
} from '../../../../../src-renderer/src/features/masks/lib/review-place.ts'

describe('stepTo', () => {
  it('goes on by one, and nowhere at either end', () => {
    expect(stepTo({ index: 3, stays: true }, 1, 10)).toBe(4)
    expect(stepTo({ index: 3, stays: true }, -1, 10)).toBe(2)
    expect(stepTo({ index: 9, stays: true }, 1, 10)).toBeNull()
    expect(stepTo({ index: 0, stays: true }, -1, 10)).toBeNull()
  })

  it('skips nothing when what was open has left the list', () => {
    expect(stepTo({ index: 3, stays: false }, 1, 9)).toBe(3)
    expect(stepTo({ index: 3, stays: false }, -1, 9)).toBe(2)
    expect(stepTo({ index: 9, stays: false }, 1, 9)).toBeNull()
  })

  it('starts at the beginning where nothing of the list is open', () => {
    expect(stepTo({ index: -1, stays: true }, 1, 5)).toBe(0)
    expect(stepTo({ index: -1, stays: true }, 1, 0)).toBeNull()
  })
})

describe('reviewed', () => {
  it('counts every clip that somebody has decided on or corrected', () => {
    expect(reviewed({ untouched: 203, corrected: 10, approved: 20, rejected: 7 })).toEqual({
      done: 37,
      total: 240,
    })
  })
})
