import { expect, it } from 'vitest'
import { columnBands } from '../../../src-renderer/src/lib/column-bands.ts'

const groups = [['a', 'b'], ['c', 'd'], ['e']]

it('keeps columns that belong together in one band', () => {
  expect(columnBands(groups, 3, () => 1)).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
  expect(columnBands(groups, 5, () => 1)).toEqual([['a', 'b', 'c', 'd', 'e']])
})

it('parts a group that is wider than a band, and gives a column that is too wide its own', () => {
  expect(columnBands(groups, 1, () => 1)).toEqual([['a'], ['b'], ['c'], ['d'], ['e']])
  const width = (column: string) => (column === 'c' ? 9 : 1)
  expect(columnBands(groups, 3, width)).toEqual([['a', 'b'], ['c'], ['d', 'e']])
})

it('makes one band while the room is not known', () => {
  expect(columnBands(groups, 0, () => 1)).toEqual([['a', 'b', 'c', 'd', 'e']])
})
