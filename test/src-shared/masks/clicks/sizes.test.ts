import { describe, expect, it } from 'vitest'
import { clickPicture, clickSize, enlargeObject } from '#shared/masks/clicks/sizes.ts'
import { ClickSegmenter } from '#shared/masks/clicks/segment-clicks.ts'

/** A light disc on a dark ground, at any size. */
function frame(width: number, height: number, radius: number) {
  const isLight = (x: number, y: number) => Math.hypot(x - width / 2, y - height / 2) <= radius
  const truth = Uint8Array.from({ length: width * height }, (_, p) =>
    isLight(p % width, Math.floor(p / width)) ? 1 : 0,
  )
  const rgb = Uint8Array.from({ length: 3 * truth.length }, (_, i) =>
    truth[Math.floor(i / 3)] ? 200 : 70,
  )
  return { width, height, rgb, truth }
}

describe('the size that clicks are answered at', () => {
  it.each([
    [1280, 720, 171, 96],
    [64, 48, 64, 48],
    [112, 1120, 50, 496],
  ])('of %d x %d is %d x %d', (width, height, w, h) => {
    expect(clickSize({ width, height })).toEqual({ width: w, height: h })
  })

  it('a frame is averaged, motion of another size is looked up', () => {
    const data = Uint8Array.from([1, 0, 0, 1])
    const large = frame(192, 192, 70)
    const small = clickPicture(large, { width: 2, height: 2, data })
    expect([small.width, small.height, small.rgb.length]).toEqual([96, 96, 96 * 96 * 3])
    expect([small.rgb[0], small.rgb[3 * (48 * 96 + 48)]]).toEqual([70, 200])
    const at = (x: number, y: number) => small.moving?.[y * 96 + x]
    expect([at(10, 10), at(60, 10), at(10, 60), at(60, 60)]).toEqual([1, 0, 0, 1])
  })
})

describe('an object at the size of its frame', () => {
  it('has the outline of the frame, not that of the small picture', () => {
    const large = frame(640, 480, 150.5)
    const small = clickPicture(large, null)
    const mask = new ClickSegmenter(small).segment([
      { x: small.width / 2, y: small.height / 2, value: 1 },
    ])
    const found = enlargeObject(mask, small, large)
    const wrong = found.reduce((sum, value, p) => sum + (value ^ large.truth[p]), 0)
    // Pixels of an outline of 950; the small one has steps of 5.
    expect(wrong).toBeLessThan(300)
  })

  it('of the same size is the same', () => {
    const own = frame(40, 30, 9)
    const small = clickPicture(own, null)
    expect(enlargeObject(own.truth, small, own)).toEqual(own.truth)
  })
})
