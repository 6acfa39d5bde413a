import { describe, expect, it } from 'vitest'
import {
  cutPieces,
  drawPlaceNumbers,
  offsetsFrom,
  showPieces,
  type Cutting,
  type Offsets,
} from '#main/trainer/methods/pieces/cut.ts'
import { cutAxis } from '#shared/methods/pieces.ts'
import { Rng } from '#shared/random/rng.ts'

const [T, S] = [4, 6]
const LENGTH = T * S * S * 3
/** Two clips whose numbers name their own places. */
const clips = Float32Array.from({ length: 2 * LENGTH }, (_, i) => i)
const IN_SPACE = { times: 1, rows: 2, columns: 2 }
const orders = [
  [2, 0, 3, 1],
  [0, 1, 2, 3],
]

function placeOf(value: number) {
  const pixel = Math.floor((value % LENGTH) / 3)
  const [t, y, x] = [Math.floor(pixel / (S * S)), Math.floor(pixel / S) % S, pixel % S]
  return {
    clip: Math.floor(value / LENGTH),
    t,
    y,
    x,
    piece: 2 * Math.floor(y / 3) + Math.floor(x / 3),
  }
}

/** Of all clips, from one stream. */
function offsetsOf(of: Cutting, seed: number): Offsets[] {
  const rng = new Rng(seed)
  return of.orders.map((order) => offsetsFrom(of, order, drawPlaceNumbers(of.grid, rng)))
}

describe('pieces of a clip', () => {
  const cutting = { shape: { frames: T, size: S, pieceGap: 0 }, grid: IN_SPACE, orders }

  it('stand at the places of their order, whole where there is no gap', () => {
    const places = cutPieces(clips, cutting, offsetsOf(cutting, 1))
    expect(places).toHaveLength(4)
    places.forEach((values, place) => {
      expect(values).toHaveLength((2 * LENGTH) / 4)
      values.forEach((value, i) => {
        const clip = Math.floor(i / (LENGTH / 4))
        expect(placeOf(value)).toMatchObject({ clip, piece: orders[clip][place] })
      })
      expect(new Set(values).size).toBe(values.length)
    })
  })

  it('lie somewhere in their cell where there is a gap', () => {
    const narrow = { ...cutting, shape: { ...cutting.shape, pieceGap: 0.3 } }
    const starts = new Set<string>()
    for (let seed = 0; seed < 12; seed++) {
      const [first] = cutPieces(clips, narrow, offsetsOf(narrow, seed))
      expect(first).toHaveLength(2 * T * 2 * 2 * 3)
      for (const value of first) expect(orders[placeOf(value).clip][0]).toBe(placeOf(value).piece)
      starts.add(`${placeOf(first[0]).y} ${placeOf(first[0]).x}`)
    }
    expect(starts.size).toBeGreaterThan(2)
  })

  it('are parts of time where it is cut in time', () => {
    const grid = { times: 4, rows: 1, columns: 1 }
    const places = cutPieces(clips, { ...cutting, grid }, offsetsOf({ ...cutting, grid }, 1))
    places.forEach((values, place) => {
      expect(placeOf(values[0])).toMatchObject({ clip: 0, t: orders[0][place], y: 0, x: 0 })
      expect(values).toHaveLength((2 * LENGTH) / 4)
    })
  })

  it('are single frames of the parts of time where they are still', () => {
    const grid = { times: 2, rows: 1, columns: 1, isStill: true }
    const halves = [
      [1, 0],
      [0, 1],
    ]
    const seen = new Set<number>()
    for (let seed = 0; seed < 12; seed++) {
      const places = cutPieces(
        clips,
        { ...cutting, grid, orders: halves },
        offsetsOf({ ...cutting, grid, orders: halves }, seed),
      )
      places.forEach((values, place) => {
        expect(values).toHaveLength(2 * S * S * 3)
        const { t } = placeOf(values[0])
        expect(Math.floor(t / 2)).toBe(halves[0][place])
        seen.add(t)
      })
    }
    expect(seen.size).toBe(T)
  })

  it('are frames in proportion to how much moves in them, where that is given', () => {
    const grid = { times: 2, rows: 1, columns: 1, isStill: true }
    const shape = { frames: 6, size: S, pieceGap: 0 }
    // Nothing moves in the second part, so that all of its frames are equally likely.
    const motion = [1, 0, 3, 0, 0, 0]
    const rng = new Rng(4)
    const counts = new Array<number>(6).fill(0)
    const draws = 6000
    for (let i = 0; i < draws; i++) {
      const order = i % 2 === 0 ? [0, 1] : [1, 0]
      const offsets = offsetsFrom({ shape, grid }, order, drawPlaceNumbers(grid, rng), motion)
      order.forEach((piece, place) => counts[3 * piece + offsets[place][0]]++)
    }
    const expected = [1 / 4, 0, 3 / 4, 1 / 3, 1 / 3, 1 / 3]
    // Four standard deviations.
    counts.forEach((count, frame) => {
      expect(Math.abs(count / draws - expected[frame])).toBeLessThanOrEqual(2 / Math.sqrt(draws))
    })
    expect(counts[1]).toBe(0)
    // The same numbers give the places that a plain draw gives where no motion is known.
    const [one, other] = [new Rng(9), new Rng(9)]
    const plain = offsetsFrom({ shape, grid }, [0, 1], drawPlaceNumbers(grid, one))
    expect(plain).toEqual([0, 1].map(() => [other.int(3), other.int(1), other.int(1)]))
  })

  it('are shown in the cells of their places, with the ground between', () => {
    const shown = showPieces(clips, cutting, offsetsOf(cutting, 1), [-1, -1, -1])
    // The upper left cell of the first clip shows its piece below, on the left.
    expect(placeOf(shown[0])).toMatchObject({ clip: 0, t: 0, y: 3, x: 0 })
    expect(shown.subarray(LENGTH)).toEqual(clips.subarray(LENGTH))
    const narrow = { ...cutting, shape: { ...cutting.shape, pieceGap: 0.3 } }
    const grounds = showPieces(clips, narrow, offsetsOf(narrow, 1), [-1, -1, -1]).filter(
      (x) => x === -1,
    )
    expect(grounds).toHaveLength(2 * T * 3 * (36 - 16))
  })
})

it('cuts an axis into equal pieces of at least one, and leaves one that is not cut whole', () => {
  expect(cutAxis(112, 2, 0.15)).toEqual({ parts: 2, cell: 56, piece: 48 })
  expect(cutAxis(16, 3, 0.15)).toEqual({ parts: 3, cell: 5, piece: 4 })
  expect(cutAxis(4, 4, 0.5)).toEqual({ parts: 4, cell: 1, piece: 1 })
  expect(cutAxis(16, 1, 0.5)).toEqual({ parts: 1, cell: 16, piece: 16 })
})
