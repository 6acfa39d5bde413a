import { describe, expect, it } from 'vitest'
import { FrameTimes } from '#main/video/frame-times.ts'

function timesOf(times: readonly number[]): FrameTimes {
  const frameTimes = new FrameTimes()
  for (const time of times) frameTimes.add(BigInt(time), null)
  return frameTimes
}

const steady = Array.from({ length: 200 }, (_, i) => i * 40)

describe('times of frames', () => {
  it.each([
    ['none are missing', steady, false],
    ['some in a row are missing', [...steady.slice(0, 80), ...steady.slice(95)], true],
    ['one is missing', [...steady.slice(0, 80), ...steady.slice(81)], true],
    ['they come out of order', [0, 120, 40, 80, 240, 160, 200], false],
    ['they are rounded to ticks', steady.map((time) => Math.round(time / 41.7)), false],
    ['the rate varies all the time', steady.map((time, i) => time + 40 * (i >> 1)), false],
    ['there are two of them', [0, 400], false],
  ])('are interrupted or not where %s', (_, times, interrupted) => {
    expect(timesOf(times).interrupted).toBe(interrupted)
  })
})
