import { describe, expect, it } from 'vitest'
import { meanTiming, scaledTiming, type BatchTiming } from '#main/trainer/trials/scaled-timing.ts'

const MB = 1e6
const small: BatchTiming = {
  batch: 2,
  load: 0.5,
  loadAgain: 0.1,
  first: { compute: 1, interval: 1.2 },
  again: { compute: 1, interval: 1 },
  kept: { videos: 10, bytes: 20 * MB, room: 1000 * MB },
  memory: 1000 * MB,
  doubled: 1200 * MB,
}

describe('a timing that is scaled to the whole batch', () => {
  it('takes times in proportion and memory along the line to the double', () => {
    const larger = { ...small, batch: 8, memory: 1600 * MB, doubled: 2400 * MB }
    expect(scaledTiming([small, larger], 64, 100)).toEqual({
      timed: 8,
      compute: 8,
      first: 9.6,
      later: 8,
      kept: 1,
      memory: (1600 + 56 * 100) * MB,
    })
  })

  it('takes no memory back where that of twice the size was there already', () => {
    expect(scaledTiming([{ ...small, doubled: 900 * MB }], 4, 100).memory).toBe(1000 * MB)
  })

  it('is no quicker than the clips come', () => {
    const slow = { ...small, load: 3, loadAgain: 2 }
    expect(scaledTiming([slow], 2, 100)).toMatchObject({ compute: 1, first: 3, later: 2 })
  })

  it('keeps as many videos in memory as have room', () => {
    expect(scaledTiming([small], 2, 1000).kept).toBe(0.5)
    const none = { ...small, kept: { videos: 0, bytes: 0, room: 1000 * MB } }
    expect(scaledTiming([none], 2, 100).kept).toBe(0)
  })
})

it('takes times of all phases by their parts of the run, and the memory of the largest', () => {
  const alone = { ...scaledTiming([small], 2, 100), later: 1, compute: 0.5, first: 2 }
  const mining = { ...alone, timed: 8, later: 3, compute: 2.5, first: 6, memory: 5 * alone.memory }
  expect(
    meanTiming([
      { timing: alone, share: 0.75 },
      { timing: mining, share: 0.25 },
    ]),
  ).toEqual({ timed: 2, compute: 1, first: 3, later: 1.5, kept: 1, memory: 5 * alone.memory })
  expect(meanTiming([{ timing: alone, share: 1 }])).toEqual(alone)
})
