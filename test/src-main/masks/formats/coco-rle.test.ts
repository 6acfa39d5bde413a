import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countsOfText,
  extentOf,
  fromCocoCounts,
  textOfCounts,
  toCocoRle,
  union,
} from '#main/masks/formats/coco-rle.ts'

interface Reference {
  size: [number, number]
  runs: number[]
  counts: string
  bbox: number[]
  area: number
}
const file = new URL('../../../fixtures/masks/pycocotools.json', import.meta.url)
const references = JSON.parse(readFileSync(file, 'utf8')) as Reference[]

test('run lengths are the text that pycocotools writes', () => {
  const written = references.map(({ runs, size }) => toCocoRle(runs, ...size))
  expect(written).toEqual(references.map(({ size, counts }) => ({ size, counts })))
})

test('the text of pycocotools is read as the mask it was made from', () => {
  const read = references.map(({ counts, size }) => fromCocoCounts(counts, ...size))
  expect(read).toEqual(references.map(({ runs }) => runs))
})

test('boxes and areas are those of pycocotools', () => {
  const found = references.map(({ runs, size }) => extentOf(runs, size[1]))
  expect(found).toEqual(references.map(({ bbox, area }) => ({ bbox, area })))
})

test('any counts pass through text', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 12 })
  // Differences of two counts must fit into 32 bits as well, as they do in any picture.
  fc.assert(
    fc.property(counts, (all) => {
      expect(countsOfText(textOfCounts(all))).toEqual(all)
    }),
  )
})

test.each([
  ['cut off within a number', 'P', 'at character 1'],
  ['of other characters', '0 ', 'at character 1'],
  ['a number without an end', 'oooooooooooo', 'at character 7'],
])('text that is %s is refused', (_, text, where) => {
  expect(() => countsOfText(text)).toThrow(where)
})

test('counts that do not cover the picture are refused with both numbers', () => {
  expect(() => fromCocoCounts([3, 4], 2, 4)).toThrow('cover 7 pixels, expected 8')
  expect(() => fromCocoCounts(textOfCounts([9]), 2, 4)).toThrow('cover 9 pixels, expected 8')
})

test('the union has the pixels of any of the masks', () => {
  expect(
    union(
      [
        [1, 2, 5],
        [2, 2, 4],
        [7, 1],
      ],
      8,
    ),
  ).toEqual([1, 3, 3, 1])
  expect(() => union([[1, 2]], 8)).toThrow('expected 8')
})
