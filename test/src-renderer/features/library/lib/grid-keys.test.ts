import { describe, expect, it } from 'vitest'
import { placeAfter } from '../../../../../src-renderer/src/features/library/lib/grid-keys.ts'

describe('placeAfter in a grid of 4 columns, 10 videos, 2 rows in sight', () => {
  const grid = { columns: 4, page: 2, total: 10 }
  const after = (key: string, at: number) => placeAfter(key, at, grid)

  it('moves in two dimensions', () => {
    expect(after('ArrowRight', 3)).toBe(4)
    expect(after('ArrowLeft', 4)).toBe(3)
    expect(after('ArrowDown', 1)).toBe(5)
    expect(after('ArrowUp', 5)).toBe(1)
  })

  it('stays at the edges, and goes down to the end of a last row that is shorter', () => {
    expect(after('ArrowLeft', 0)).toBe(0)
    expect(after('ArrowRight', 9)).toBe(9)
    expect(after('ArrowUp', 2)).toBe(2)
    expect(after('ArrowDown', 7)).toBe(9)
    expect(after('ArrowDown', 9)).toBe(9)
  })

  it('moves by pages, and to the first and the last', () => {
    expect(after('PageDown', 1)).toBe(5)
    expect(after('PageDown', 9)).toBe(9)
    expect(after('PageUp', 2)).toBe(2)
    expect(after('Home', 7)).toBe(0)
    expect(after('End', 1)).toBe(9)
  })

  it('leaves other keys alone', () => {
    expect(after('a', 1)).toBeNull()
    expect(placeAfter('ArrowDown', 0, { ...grid, total: 0 })).toBeNull()
  })
})

it('leaves sideways arrows alone in a single column', () => {
  const table = { columns: 1, page: 10, total: 30 }
  expect(placeAfter('ArrowRight', 4, table)).toBeNull()
  expect(placeAfter('ArrowDown', 4, table)).toBe(5)
  expect(placeAfter('PageDown', 4, table)).toBe(13)
})
