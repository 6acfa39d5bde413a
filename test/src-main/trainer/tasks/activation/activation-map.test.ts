// @module-tag tensorflow
import { encoders } from '#shared/encoders/index.ts'
import { expect, it } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import {
  activationMap,
  enlargeMap,
  insideForeground,
} from '#main/trainer/tasks/activation/activation-map.ts'

const volume = (frames: number, height: number, width: number) => ({ frames, height, width })

it('takes the mean over the channels of a feature map', () => {
  // Two frames of 1 x 2 places with 3 channels.
  const data = Float32Array.of(1, 2, 3, 0, 0, 0, 4, 0, 2, 9, 9, 9)
  expect([...activationMap({ data, shape: [2, 1, 2, 3] })]).toEqual([2, 0, 2, 9])
})

it('enlarges as torch does where cells tile the frame', () => {
  // F.interpolate(torch.tensor([0., 4., 8.]).view(1, 1, 1, 1, 3), size=(1, 1, 6), mode='trilinear')
  const expected = [0, 1, 3, 5, 7, 8]
  const axis = { first: 0.5, step: 2 }
  const grid = { time: axis, space: axis }
  const map = Float32Array.of(0, 4, 8)
  const line = enlargeMap(map, { from: volume(1, 1, 3), to: volume(1, 1, 6), grid })
  const frames = enlargeMap(map, { from: volume(3, 1, 1), to: volume(6, 1, 1), grid })
  expect([[...line], [...frames]]).toEqual([expected, expected])
})

it('puts a cell where its middle is, and leaves an even map even', () => {
  const grid = encoders.r2plus1d_narrow.map
  const map = Float32Array.of(1, 3, 5, 7)
  const size = { from: volume(1, 2, 2), to: volume(2, 32, 32), grid }
  const large = enlargeMap(map, size)
  const at = (t: number, y: number, x: number): number => large[(t * 32 + y) * 32 + x]
  expect([at(0, 0, 0), at(1, 0, 16), at(0, 16, 0), at(1, 31, 31)]).toEqual([1, 3, 5, 7])
  expect(at(0, 8, 4)).toBe(1 + 2 + 0.5)
  expect(new Set(enlargeMap(new Float32Array(4).fill(0.25), size))).toEqual(new Set([0.25]))
})

it('an encoder answers a change where the grid of its map has it', async () => {
  const engine = await loadEngine('float32')
  const model = 'r2plus1d_narrow'
  const encoder = createEncoder(engine, { model, seed: 3 })
  const [frames, side] = [8, 128]
  const shape = [1, frames, side, side, 3] as const
  const even = new Float32Array(frames * side * side * 3)
  const plain = encoder.forwardMap({ data: even, shape })
  // A spot of 5 x 5 pixels about the middle of the cell in row 3 and column 5.
  const { first, step } = encoders[model].map.space
  const [row, column] = [first + 3 * step, first + 5 * step]
  const spotted = even.map((_, i) => {
    const [y, x] = [Math.floor(i / 3 / side) % side, Math.floor(i / 3) % side]
    return Number(Math.abs(y - row) <= 2 && Math.abs(x - column) <= 2)
  })
  const answer = encoder.forwardMap({ data: spotted, shape })
  encoder.dispose()
  const [, , H, W, C] = answer.shape
  let [sum, down, right] = [0, 0, 0]
  answer.data.forEach((value, i) => {
    const change = Math.abs(value - plain.data[i])
    const cell = Math.floor(i / C)
    sum += change
    down += change * (Math.floor(cell / W) % H)
    right += change * (cell % W)
  })
  // Were the middles half a cell farther on, the answer would lie at 3.5 and 5.5 or at 2.5 and 4.5.
  expect(Math.abs(down / sum - 3)).toBeLessThan(0.2)
  expect(Math.abs(right / sum - 5)).toBeLessThan(0.2)
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
