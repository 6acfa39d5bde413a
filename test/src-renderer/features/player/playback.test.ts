import { describe, expect, it } from 'vitest'
import { advance, clampIndex } from '../../../../src-renderer/src/features/player/playback.ts'

const all = { direction: 1, count: 10, loop: false, isReady: () => true } as const

describe('advance', () => {
  it('moves on by the frames that are due', () => {
    expect(advance({ ...all, index: 3, due: 2 })).toEqual({ index: 5, late: 0, ended: false })
    expect(advance({ ...all, index: 3, due: 2, direction: -1 }).index).toBe(1)
  })

  it('waits before a frame that is not there instead of leaving it out', () => {
    const isReady = (index: number) => index !== 5
    expect(advance({ ...all, index: 3, due: 4, isReady })).toEqual({
      index: 4,
      late: 3,
      ended: false,
    })
  })

  it('ends at the last frame, and at the first when playing backward', () => {
    expect(advance({ ...all, index: 8, due: 5 })).toEqual({ index: 9, late: 0, ended: true })
    expect(advance({ ...all, index: 1, due: 5, direction: -1 })).toMatchObject({
      index: 0,
      ended: true,
    })
  })

  it('goes round in a loop, both ways', () => {
    expect(advance({ ...all, index: 8, due: 3, loop: true }).index).toBe(1)
    expect(advance({ ...all, index: 1, due: 3, loop: true, direction: -1 }).index).toBe(8)
  })
})

it('keeps a position inside the video', () => {
  expect([clampIndex(-4, 10), clampIndex(3.6, 10), clampIndex(99, 10)]).toEqual([0, 4, 9])
})
