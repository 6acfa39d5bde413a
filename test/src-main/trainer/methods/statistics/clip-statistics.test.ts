import { describe, expect, it } from 'vitest'
import { appearanceOf, motionOf } from '#main/trainer/methods/statistics/clip-statistics.ts'
import { appearanceStatistics } from '#main/trainer/methods/statistics/appearance.ts'
import { motionStatistics } from '#main/trainer/methods/statistics/motion.ts'
import { partitionsOf } from '#main/trainer/methods/statistics/partitions.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { appearanceAnswers, motionAnswers } from '#shared/methods/statistics/answers.ts'
import golden from '../../../../fixtures/statistics/statistics.json' with { type: 'json' }

interface ClipSize {
  seed: number
  frames: number
  size: number
}

/** The clips of `make.py`: [T, S, S, 3] bytes. */
function clipOf({ seed, frames, size }: ClipSize): Uint8Array {
  let state = seed
  const byte = (): number => {
    state = (state * 16807) % 2147483647
    return state % 256
  }
  const length = size * size * 3
  const base = Array.from({ length }, byte)
  return Uint8Array.from({ length: frames * length }, (_, at) => {
    const i = at % length
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)]
    const changes = byte() % 16 < 1 + ((Math.floor(x / 3) + Math.floor(y / 2) + seed) % 8)
    return changes ? byte() : base[i]
  })
}

/** As an encoder takes it. */
function scaled(bytes: Uint8Array): Float32Array {
  const { mean, deviation } = kineticsScaling
  return Float32Array.from(bytes, (byte, i) => (byte / 255 - mean[i % 3]) / deviation[i % 3])
}

describe.each(golden)('the clip $seed of $frames frames and $size pixels', (of) => {
  const layout = { ...of, scaling: kineticsScaling }
  const partitions = partitionsOf(of.size)
  const view = scaled(clipOf(of))

  it('has the statistics of motion that NumPy finds', () => {
    expect(motionOf([view, view], layout, partitions)).toEqual([of.motion])
    expect(of.motion).toHaveLength(14)
    motionAnswers(of.frames).forEach((K, i) => expect(of.motion[i]).toBeLessThanOrEqual(K))
  })

  it('has the statistics of appearance that NumPy finds', () => {
    expect(appearanceOf([view], layout, partitions)).toEqual([of.appearance])
    expect(appearanceAnswers).toHaveLength(13)
    appearanceAnswers.forEach((K, i) => expect(of.appearance[i]).toBeLessThanOrEqual(K))
  })
})

it('has the statistics of each clip of a batch', () => {
  const layout = { frames: 4, size: 16, scaling: kineticsScaling }
  const partitions = partitionsOf(16)
  const clips = [8, 9].map((seed) => scaled(clipOf({ ...layout, seed })))
  const both = Float32Array.from(clips.flatMap((clip) => [...clip]))
  for (const of of [motionOf, appearanceOf]) {
    const alone = clips.map((clip) => of([clip, clip], layout, partitions)[0])
    expect(of([both, both], layout, partitions)).toEqual(alone)
    expect(alone[0]).not.toEqual(alone[1])
  }
})

it('finds the block that moves, the direction of its edge and the frame', () => {
  const [size, maps] = [32, 3]
  const field = (): Float32Array => new Float32Array(maps * size * size)
  const [u, v] = [field(), field()]
  // u rises along x within the third block of the second row, in the second map.
  const at = (map: number, y: number, x: number): number => (map * size + y) * size + x
  for (let y = 10; y < 14; y++) for (let x = 18; x < 22; x++) u[at(1, y, x)] = 2 * (x - 17)
  const found = motionStatistics(
    { data: u, maps, size },
    { data: v, maps, size },
    partitionsOf(size),
  )
  expect(found[0]).toBe(4 + 3)
  // Nothing of v moves: of equal ones, the first is taken.
  expect([...found.slice(2, 4), ...found.slice(6, 8), ...found.slice(10, 12)]).toEqual(
    new Array(6).fill(1),
  )
  expect(found.slice(12)).toEqual([2, 1])
})

it('is linear in pixels: motions twice as fast have the same statistics', () => {
  const [size, maps] = [16, 2]
  const data = Float32Array.from(clipOf({ seed: 3, frames: 2, size }).slice(0, maps * size * size))
  const partitions = partitionsOf(size)
  const once = motionStatistics({ data, maps, size }, { data, maps, size }, partitions)
  const twice = { data: data.map((value) => 2 * value), maps, size }
  expect(motionStatistics(twice, twice, partitions)).toEqual(once)
})

it.each([
  ['black', [0, 0, 0], 5],
  ['white', [255, 255, 255], 4],
  ['blue', [0, 127, 128], 1],
  ['red', [128, 0, 0], 7],
])('names %s', (_, colour, index) => {
  const frames = 2
  const data = Uint8Array.from({ length: frames * 16 * 16 * 3 }, (__, i) => colour[i % 3])
  const found = appearanceStatistics({ data, frames }, partitionsOf(16))
  const ofPartition = [1, index, 1, index]
  expect(found).toEqual([...ofPartition, ...ofPartition, ...ofPartition, index])
})

it('cuts frames of any size into blocks that are about equally large', () => {
  for (const size of [8, 21, 112]) {
    const [grid, rings, triangles] = partitionsOf(size)
    for (const { pixels } of [grid, rings, triangles]) {
      expect(pixels.reduce((a, b) => a + b, 0)).toBe(size * size)
      expect(Math.min(...pixels)).toBeGreaterThan(0)
    }
  }
  expect([...partitionsOf(112)[0].pixels]).toEqual(new Array(16).fill(28 * 28))
  expect([...partitionsOf(112)[1].pixels]).toEqual([1, 3, 5, 7].map((n) => n * 28 * 28))
})
