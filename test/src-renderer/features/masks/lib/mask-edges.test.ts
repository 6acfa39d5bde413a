import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  maskEdges,
  tilesOf,
} from '../../../../../src-renderer/src/features/masks/lib/mask-edges.ts'

const whole = ({ width, height }: { width: number; height: number }) => ({
  x0: 0,
  y0: 0,
  x1: width,
  y1: height,
})

function maskOf(rows: string[]) {
  const data = Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0))
  return { data, width: rows[0]!.length, height: rows.length }
}

/** Unit pieces of the lines, as texts. */
function pieces(lines: number[]): string[] {
  const found: string[] = []
  for (let i = 0; i < lines.length; i += 4) {
    const [x0, y0, x1, y1] = lines.slice(i, i + 4) as [number, number, number, number]
    if (y0 === y1) for (let x = x0; x < x1; x++) found.push(`h ${x} ${y0}`)
    else for (let y = y0; y < y1; y++) found.push(`v ${x0} ${y}`)
  }
  return found.sort()
}

describe('the outline of a mask', () => {
  it('goes around the foreground in lines as long as they are straight', () => {
    const mask = maskOf(['.....', '.###.', '.###.', '.....'])
    expect(maskEdges(mask, whole(mask))).toEqual([1, 1, 4, 1, 1, 3, 4, 3, 1, 1, 1, 3, 4, 1, 4, 3])
  })

  it('leaves the border of the picture free', () => {
    const mask = maskOf(['###', '###'])
    expect(maskEdges(mask, whole(mask))).toEqual([])
  })

  it('is the same whether it is found at once or tile by tile', () => {
    const masks = fc
      .record({ width: fc.integer({ min: 1, max: 13 }), height: fc.integer({ min: 1, max: 13 }) })
      .chain(({ width, height }) =>
        fc
          .array(fc.integer({ min: 0, max: 1 }), {
            minLength: width * height,
            maxLength: width * height,
          })
          .map((values) => ({ data: Uint8Array.from(values), width, height })),
      )
    fc.assert(
      fc.property(masks, fc.integer({ min: 1, max: 5 }), (mask, side) => {
        const columns = Math.ceil(mask.width / side)
        const rows = Math.ceil(mask.height / side)
        const tiles = tilesOf(whole(mask), side, columns, rows)
        expect(tiles).toHaveLength(columns * rows)
        const lines = tiles.flatMap((tile) => {
          const x0 = (tile % columns) * side
          const y0 = Math.floor(tile / columns) * side
          const x1 = Math.min(mask.width, x0 + side)
          return maskEdges(mask, { x0, y0, x1, y1: Math.min(mask.height, y0 + side) })
        })
        expect(pieces(lines)).toEqual(pieces(maskEdges(mask, whole(mask))))
      }),
    )
  })
})

it('names the tiles that a rectangle touches', () => {
  expect(tilesOf({ x0: 60, y0: 64, x1: 65, y1: 65 }, 64, 3, 3)).toEqual([3, 4])
  expect(tilesOf({ x0: 0, y0: 0, x1: 500, y1: 10 }, 64, 3, 3)).toEqual([0, 1, 2])
})
