import { describe, expect, it } from 'vitest'
import {
  nothingSelected,
  rangeTo,
  selectOne,
  toggle,
} from '../../../../src-renderer/src/features/selection/video-selection.ts'

describe('a selection of videos', () => {
  it('takes videos in and out one by one', () => {
    const two = toggle(selectOne(7, 3), 9, 5)
    expect([...two.ids]).toEqual([7, 9])
    expect([...toggle(two, 7, 3).ids]).toEqual([9])
    expect([...two.ids]).toEqual([7, 9])
  })

  it('ranges from the one chosen last, either way', () => {
    expect(rangeTo(selectOne(7, 3), 6)).toEqual({ first: 3, last: 6 })
    expect(rangeTo(toggle(selectOne(7, 3), 9, 5), 1)).toEqual({ first: 1, last: 5 })
    expect(rangeTo(nothingSelected, 4)).toEqual({ first: 4, last: 4 })
  })
})
