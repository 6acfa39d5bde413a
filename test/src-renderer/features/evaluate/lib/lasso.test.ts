import { describe, expect, it } from 'vitest'
import {
  isInside,
  pointsInside,
} from '../../../../../src-renderer/src/features/evaluate/lib/lasso.ts'

const square = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
]
const points = {
  videoId: [11, 12, 13, 14],
  x: [0.5, 0.2, 3, 0.9],
  y: [0.5, 0.9, 0.5, 0.1],
  label: [0, 0, 0, 1],
  test: [1, 0, 1, 1],
}
const all = { hidden: new Set<number>(), train: true, test: true }

describe('a lasso on the map', () => {
  it('holds what it goes around, and not what a bay leaves out', () => {
    const bay = [...square.slice(0, 3), { x: 0.5, y: 0.4 }, square[3]!]
    expect(isInside(square, { x: 0.5, y: 0.9 })).toBe(true)
    expect(isInside(bay, { x: 0.5, y: 0.9 })).toBe(false)
    expect(isInside(bay, { x: 0.5, y: 0.2 })).toBe(true)
    expect(isInside([], { x: 0, y: 0 })).toBe(false)
  })

  it('selects the points that are shown', () => {
    expect(pointsInside(points, all, square)).toEqual([0, 1, 3])
    expect(pointsInside(points, { ...all, train: false }, square)).toEqual([0, 3])
    expect(pointsInside(points, { ...all, hidden: new Set([1]) }, square)).toEqual([0, 1])
    expect(pointsInside(points, all, null)).toEqual([0, 1, 2, 3])
  })
})
