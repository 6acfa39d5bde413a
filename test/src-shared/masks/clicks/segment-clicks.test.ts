import { describe, expect, it } from 'vitest'
import type { Click, ClickPicture } from '#shared/masks/clicks/picture.ts'
import { ClickSegmenter } from '#shared/masks/clicks/segment-clicks.ts'
import { Rng } from '#shared/random/rng.ts'

const SIZE = { width: 64, height: 48 }

/** Noisy colours of things and ground; the later things cover the earlier ones. */
function picture(
  rng: Rng,
  things: { covers: (x: number, y: number) => boolean; colour: readonly number[] }[],
  noise = 6,
): ClickPicture {
  const rgb = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => {
    const p = Math.floor(i / 3)
    const [x, y] = [p % SIZE.width, Math.floor(p / SIZE.width)]
    const thing = things.findLast(({ covers }) => covers(x, y))
    return Math.max(0, Math.min(255, (thing?.colour[i % 3] ?? 128) + noise * rng.normal()))
  })
  return { ...SIZE, rgb, moving: null, colours: 1 }
}

const disc = (cx: number, cy: number, radius: number) => (x: number, y: number) =>
  Math.hypot(x - cx, y - cy) <= radius

function maskOf(covers: (x: number, y: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, p) =>
    covers(p % SIZE.width, Math.floor(p / SIZE.width)) ? 1 : 0,
  )
}

function iou(a: Uint8Array, b: Uint8Array): number {
  const count = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0)
  return count(a.map((v, i) => v & b[i])) / count(a.map((v, i) => v | b[i]))
}

const click = (x: number, y: number, value: 0 | 1 = 1): Click => ({ x, y, value })
const red = { covers: disc(20, 24, 9), colour: [200, 60, 60] }

describe('clicks on an object', () => {
  it('one finds a thing whose colour is its own', () => {
    const found = new ClickSegmenter(picture(new Rng(1), [red])).segment([click(20, 24)])
    expect(iou(found, maskOf(red.covers))).toBeGreaterThan(0.97)
  })

  it('one finds what moves before a ground of the same colours', () => {
    const plain = picture(new Rng(2), [], 40)
    const moving = maskOf(disc(40, 20, 10))
    const found = new ClickSegmenter({ ...plain, moving }).segment([click(40, 20)])
    expect(iou(found, moving)).toBeGreaterThan(0.9)
    const blind = new ClickSegmenter(plain).segment([click(40, 20)])
    expect(iou(blind, moving)).toBeLessThan(0.7)
  })

  it('a click beside it parts what moves together', () => {
    const other = { covers: disc(37, 24, 9), colour: [190, 110, 60] }
    const seen = picture(new Rng(3), [red, other], 20)
    const moving = maskOf((x, y) => red.covers(x, y) || other.covers(x, y))
    const segmenter = new ClickSegmenter({ ...seen, moving })
    const first = segmenter.segment([click(20, 24)])
    expect(iou(first, moving)).toBeGreaterThan(0.9)
    const one = segmenter.segment([click(20, 24), click(37, 24, 0)])
    expect(iou(one, maskOf(red.covers))).toBeGreaterThan(0.9)
  })

  it('another click adds a thing that the first left out', () => {
    const blue = { covers: disc(48, 20, 7), colour: [60, 60, 210] }
    const segmenter = new ClickSegmenter(picture(new Rng(4), [red, blue]))
    const found = segmenter.segment([click(20, 24), click(48, 20)])
    expect(
      iou(
        found,
        maskOf((x, y) => red.covers(x, y) || blue.covers(x, y)),
      ),
    ).toBeGreaterThan(0.95)
  })

  it('whatever the picture, clicks lie where they say, and all is joined to one of them', () => {
    const rng = new Rng(5)
    for (let trial = 0; trial < 25; trial++) {
      const noise = picture(rng, [], 5 + rng.int(60))
      const moving = rng.chance(0.5)
        ? noise.rgb.filter((_, i) => i % 3 === 0).map((v) => v & 1)
        : null
      const place = () => [3 + rng.int(SIZE.width - 6), 3 + rng.int(SIZE.height - 6)] as const
      const clicks = Array.from({ length: 1 + rng.int(4) }, (_, i) =>
        click(...place(), i === 0 || rng.chance(0.5) ? 1 : 0),
      )
      const found = new ClickSegmenter({ ...noise, moving }).segment(clicks)
      const last = clicks[clicks.length - 1]
      expect(found[last.y * SIZE.width + last.x]).toBe(last.value)
      expect(joinedTo(clicks, found)).toEqual(found)
    }
  })

  it('the same clicks give the same object, whatever was asked before', () => {
    const seen = picture(new Rng(6), [red], 30)
    const clicks = [click(20, 24), click(50, 10, 0)]
    const first = new ClickSegmenter(seen).segment(clicks)
    const segmenter = new ClickSegmenter(seen)
    segmenter.segment([click(5, 5), click(20, 24, 0)])
    expect(segmenter.segment(clicks)).toEqual(first)
  })

  it('without a click on it inside the picture there is no object', () => {
    const segmenter = new ClickSegmenter(picture(new Rng(7), [red]))
    expect(segmenter.segment([])).not.toContain(1)
    expect(segmenter.segment([click(20, 24, 0)])).not.toContain(1)
    expect(segmenter.segment([click(-9, 200)])).not.toContain(1)
  })
})

/** What of a mask can be reached from the clicks on the object. */
function joinedTo(clicks: readonly Click[], mask: Uint8Array): Uint8Array {
  const out = new Uint8Array(mask.length)
  // The pixels around a click belong to it, where no later click took them.
  const waiting = clicks.flatMap(({ x, y, value }) =>
    value === 0
      ? []
      : [-2, -1, 0, 1].flatMap((dy) => [-2, -1, 0, 1].map((dx) => (y + dy) * SIZE.width + x + dx)),
  )
  for (let p = waiting.pop(); p !== undefined; p = waiting.pop()) {
    if (!mask[p] || out[p]) continue
    out[p] = 1
    if (p % SIZE.width > 0) waiting.push(p - 1)
    if ((p + 1) % SIZE.width > 0) waiting.push(p + 1)
    waiting.push(p - SIZE.width, p + SIZE.width)
  }
  return out
}
