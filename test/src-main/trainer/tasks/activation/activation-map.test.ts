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

it.each(['r2plus1d_narrow', 'r3d_18_narrow', 'r3d_50_narrow', 's3d_narrow'] as const)(
  '%s answers a change where the grid of its map has it',
  async (model) => {
    const engine = await loadEngine('float32')
    const encoder = createEncoder(engine, { model, seed: 3 })
    const { first, step } = encoders[model].map.space
    // An odd number of cells: those around the middle one are cut off alike at all edges.
    const [frames, side] = [8, 9 * step]
    const shape = [1, frames, side, side, 3] as const
    const even = new Float32Array(frames * side * side * 3)
    const plain = encoder.forwardMap({ data: even, shape })
    // From the middle of a cell to that of the next, since strides leave out what is between.
    const answers = [0, 0.25, 0.5, 0.75].map((part) => {
      const place = first + (4 + part) * step
      const spotted = even.map((_, i) => {
        const [y, x] = [Math.floor(i / 3 / side) % side, Math.floor(i / 3) % side]
        return Number(Math.abs(y - place) <= 2 && Math.abs(x - place) <= 2)
      })
      return middleOf(encoder.forwardMap({ data: spotted, shape }), plain.data)
    })
    encoder.dispose()
    const mean = (axis: 'down' | 'right'): number =>
      answers.reduce((sum, answer) => sum + answer[axis], 0) / answers.length
    // Were the middles half a cell farther on, the answer would lie half a cell before or behind.
    expect(Math.abs(mean('down') - 4.375)).toBeLessThan(0.2)
    expect(Math.abs(mean('right') - 4.375)).toBeLessThan(0.2)
  },
)

/** Where a map differs from another, in cells. */
function middleOf(
  { data, shape: [, , H, W, C] }: { data: Float32Array; shape: readonly number[] },
  plain: Float32Array,
): { down: number; right: number } {
  let [sum, down, right] = [0, 0, 0]
  data.forEach((value, i) => {
    const change = Math.abs(value - plain[i])
    const cell = Math.floor(i / C)
    sum += change
    down += change * (Math.floor(cell / W) % H)
    right += change * (cell % W)
  })
  return { down: down / sum, right: right / sum }
}

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
