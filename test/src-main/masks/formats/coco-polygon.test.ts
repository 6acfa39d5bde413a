import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { encodeRuns } from '#shared/masks/runs.ts'
import { fillPolygons } from '#main/masks/formats/coco-polygon.ts'
import { fromCocoCounts } from '#main/masks/formats/coco-rle.ts'

interface Reference {
  size: [number, number]
  polygon: number[]
  counts: number[]
}
/** Made by scripts/coco-polygons.py with the COCO API's own code. */
const file = new URL('../../../fixtures/masks/coco-polygons.json', import.meta.url)
const references = JSON.parse(readFileSync(file, 'utf8')) as Reference[]

test('polygons are filled as the COCO API fills them, pixel by pixel', () => {
  const filled = references.map(({ polygon, size }) => encodeRuns(fillPolygons([polygon], ...size)))
  expect(filled).toEqual(references.map(({ counts, size }) => fromCocoCounts(counts, ...size)))
})

test('several polygons of one object are united, where they overlap as well', () => {
  const square = (x: number) => [x, 1, x + 3, 1, x + 3, 3, x, 3]
  const row = (pixels: string) => [...pixels].map(Number)
  expect([...fillPolygons([square(0), square(2), square(6)], 4, 9)]).toEqual(
    [row('000000000'), row('111110111'), row('111110111'), row('000000000')].flat(),
  )
})

test.each([
  ['of two corners', [1, 1, 5, 5], '3 corners or more'],
  ['of a coordinate without its partner', [1, 1, 5, 5, 1, 5, 2], '3 corners or more'],
  ['that goes round the world', [0, 0, 1e9, 0, 1e9, 1e9], 'too long'],
  ['of what are no numbers', [0, 0, NaN, 0, 4, 4], '3 corners or more'],
])('a polygon %s is refused', (_, polygon, message) => {
  expect(() => fillPolygons([polygon], 4, 4)).toThrow(message)
})
