import { expect, it } from 'vitest'
import {
  activationMap,
  enlargeMap,
  insideForeground,
} from '#main/trainer/evaluate/protocols/activation-map.ts'

const volume = (frames: number, height: number, width: number) => ({ frames, height, width })

it('takes the mean over the channels of a feature map', () => {
  // Two frames of 1 x 2 places with 3 channels.
  const data = Float32Array.of(1, 2, 3, 0, 0, 0, 4, 0, 2, 9, 9, 9)
  expect([...activationMap({ data, shape: [2, 1, 2, 3] })]).toEqual([2, 0, 2, 9])
})

it('enlarges as torch does with half-pixel centres', () => {
  // F.interpolate(torch.tensor([0., 4., 8.]).view(1, 1, 1, 1, 3), size=(1, 1, 6), mode='trilinear')
  const line = enlargeMap(Float32Array.of(0, 4, 8), volume(1, 1, 3), volume(1, 1, 6))
  expect([...line]).toEqual([0, 1, 3, 5, 7, 8])
  // The same values along time give the same frames.
  const frames = enlargeMap(Float32Array.of(0, 4, 8), volume(3, 1, 1), volume(6, 1, 1))
  expect([...frames]).toEqual([...line])
})

it('leaves a map of the right size as it is, and an even one even', () => {
  const map = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i * i)
  expect(enlargeMap(map, volume(2, 3, 4), volume(2, 3, 4))).toEqual(map)
  const even = enlargeMap(new Float32Array(8).fill(0.3), volume(2, 2, 2), volume(5, 7, 6))
  expect(new Set(even)).toEqual(new Set(new Float32Array([0.3])))
})

it('a map equal to the mask lies wholly in the foreground', () => {
  const mask = Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0)
  expect(insideForeground(Float32Array.from(mask), mask)).toEqual({
    inside: 1,
    area: 3 / 8,
    peakInside: true,
  })
})

it('an even map has as much inside as the foreground is large, also with one mask for all frames', () => {
  const even = new Float32Array(8).fill(0.5)
  const mask = Uint8Array.of(0, 0, 1, 0)
  expect(insideForeground(even, mask)).toEqual({ inside: 0.25, area: 0.25, peakInside: false })
  expect(insideForeground(new Float32Array(8), mask).inside).toBe(0.25)
})

it('weighs what is inside against what is outside', () => {
  const map = Float32Array.of(3, 1, 0, 4)
  const mask = Uint8Array.of(1, 1, 0, 0)
  expect(insideForeground(map, mask)).toEqual({ inside: 0.5, area: 0.5, peakInside: false })
})
