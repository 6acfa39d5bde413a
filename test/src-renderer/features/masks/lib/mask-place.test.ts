import { describe, expect, it } from 'vitest'
import {
  allowedShape,
  jumpTarget,
  maskPlaceOf,
  maskQueryOf,
} from '../../../../../src-renderer/src/features/masks/lib/mask-place.ts'

const usual = { videoId: 3, start: 40, frames: 16, stride: 2 }

describe('the address of a clip', () => {
  it('is read as it was written', () => {
    const place = { videoId: 7, start: 12, frames: 8, stride: 4 }
    const query = maskQueryOf(place) as Record<string, string>
    expect(maskPlaceOf(query, usual)).toEqual(place)
  })

  it('goes on where one was where it says nothing', () => {
    expect(maskPlaceOf({}, usual)).toEqual(usual)
  })

  it('shows another video from its beginning, in the usual shape', () => {
    expect(maskPlaceOf({ video: '9' }, usual)).toEqual({ ...usual, videoId: 9, start: 0 })
  })

  it('passes over what cannot be', () => {
    expect(maskPlaceOf({ video: 'x', start: '-3', frames: '1', stride: '900' }, usual)).toEqual(
      usual,
    )
    expect(maskPlaceOf({ video: '9', start: '2.5' }, usual).start).toBe(0)
  })
})

it('keeps shapes within their limits', () => {
  expect(allowedShape({ frames: 1, stride: 0 })).toEqual({ frames: 2, stride: 1 })
  expect(allowedShape({ frames: 300.4, stride: 99 })).toEqual({ frames: 128, stride: 32 })
})

describe('a jump', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['4 s', 100],
    ['4.5', 112],
    ['1:02.5', 1562],
    ['0:00:01', 25],
    ['1:00:00', 90_000],
  ])('to %j is to frame %i at 25 a second', (text, frame) => {
    expect(jumpTarget(text, 25)).toBe(frame)
  })

  it.each(['', 'x', '-3', '1:2:3:4', '4,5'])('to %j goes nowhere', (text) => {
    expect(jumpTarget(text, 25)).toBeNull()
  })
})
