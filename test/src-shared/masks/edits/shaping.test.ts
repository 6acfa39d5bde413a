import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grow, shrink } from '#shared/masks/edits/grow.ts'
import { fillHoles, invert, keepLargestPart } from '#shared/masks/edits/parts.ts'
import { smooth } from '#shared/masks/edits/smooth.ts'
import { MaskError, replaceMask, type Mask, type Rectangle } from '#shared/masks/mask.ts'
import { anyMask, at, changedBetween, copyOf, mapPixels, maskOf, rowsOf } from './pictures.ts'

const radius = fc.integer({ min: 0, max: 20 }).map((n) => n / 4)

/** Holds an edit against what it should give, and its rectangle against what it changed. */
function expectEdit(before: Mask, edit: (mask: Mask) => Rectangle, expected: Mask): void {
  const mask = copyOf(before)
  const changed = edit(mask)
  expect(rowsOf(mask)).toEqual(rowsOf(expected))
  expect(changed).toEqual(changedBetween(before, mask))
}

/** Whether a pixel within `reach` of (x, y) has the value. */
function isNear(mask: Mask, x: number, y: number, reach: number, value: number): boolean {
  for (let py = 0; py < mask.height; py++) {
    for (let px = 0; px < mask.width; px++) {
      if ((px - x) ** 2 + (py - y) ** 2 <= reach * reach && at(mask, px, py) === value) return true
    }
  }
  return false
}

describe('grow and shrink', () => {
  it('add and take away discs', () => {
    fc.assert(
      fc.property(anyMask, radius, (mask, r) => {
        const grown = mapPixels(mask, (x, y) => isNear(mask, x, y, r, 1))
        expectEdit(mask, (copy) => grow(copy, r), grown)
        const shrunk = mapPixels(mask, (x, y) => !isNear(mask, x, y, r, 0))
        expectEdit(mask, (copy) => shrink(copy, r), shrunk)
      }),
    )
  })

  it('leave a mask at the border of the frame', () => {
    const mask = maskOf('###..', '###..', '###..')
    shrink(mask, 1)
    expect(rowsOf(mask)).toEqual(['##...', '##...', '##...'])
  })
})

describe('smooth', () => {
  it('gives each pixel the value of most around it', () => {
    fc.assert(
      fc.property(anyMask, fc.integer({ min: 0, max: 5 }), (mask, r) => {
        const expected = mapPixels(mask, (x, y) => {
          let lead = 0
          for (let py = y - r; py <= y + r; py++) {
            for (let px = x - r; px <= x + r; px++) {
              const value = at(mask, px, py)
              if (value !== undefined) lead += value === 1 ? 1 : -1
            }
          }
          return lead === 0 ? at(mask, x, y) === 1 : lead > 0
        })
        expectEdit(mask, (copy) => smooth(copy, r), expected)
      }),
    )
  })

  it('takes specks away and leaves a straight edge', () => {
    const mask = maskOf('.....####', '.#...####', '.....##.#', '.....####', '.....####')
    smooth(mask, 1)
    expect(rowsOf(mask)).toEqual(Array(5).fill('.....####'))
  })
})

describe('fillHoles', () => {
  it('fills what a line encloses, and leaves what reaches the border', () => {
    expectEdit(
      maskOf('.....', '.###.', '.#.#.', '.#...', '..##.', '...#.'),
      fillHoles,
      maskOf('.....', '.###.', '.#.#.', '.#...', '..##.', '...#.'),
    )
    expectEdit(
      maskOf('.......', '..##...', '.#..#..', '.#.#...', '..#....'),
      fillHoles,
      maskOf('.......', '..##...', '.####..', '.###...', '..#....'),
    )
  })

  it('leaves just the background that a walk from the border reaches', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const open = new Set<string>()
        const walk = (x: number, y: number): void => {
          if (at(mask, x, y) !== 0 || open.has(`${x},${y}`)) return
          open.add(`${x},${y}`)
          for (const [dx, dy] of [
            [1, 0],
            [-1, 0],
            [0, 1],
            [0, -1],
          ])
            walk(x + dx, y + dy)
        }
        for (let x = 0; x < mask.width; x++) [0, mask.height - 1].forEach((y) => walk(x, y))
        for (let y = 0; y < mask.height; y++) [0, mask.width - 1].forEach((x) => walk(x, y))
        expectEdit(
          mask,
          fillHoles,
          mapPixels(mask, (x, y) => !open.has(`${x},${y}`)),
        )
      }),
    )
  })
})

describe('keepLargestPart', () => {
  it('keeps one part, as large as any', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const kept = copyOf(mask)
        const changed = keepLargestPart(kept)
        const parts = partsOf(mask)
        const size = kept.data.reduce((a, b) => a + b, 0)
        expect(size).toBe(Math.max(0, ...parts.map(({ length }) => length)))
        expect(partsOf(kept)).toHaveLength(size === 0 ? 0 : 1)
        expect(kept.data.every((value, i) => value <= mask.data[i])).toBe(true)
        expect(changed).toEqual(changedBetween(mask, kept))
      }),
    )
  })

  it('takes corners for joined, and the upper of two alike', () => {
    const mask = maskOf('#..##', '.#.#.', '..#..', '.....', '####.')
    keepLargestPart(mask)
    expect(rowsOf(mask)).toEqual(['#..##', '.#.#.', '..#..', '.....', '.....'])
    const twins = maskOf('...##', '.....', '##...')
    keepLargestPart(twins)
    expect(rowsOf(twins)).toEqual(['...##', '.....', '.....'])
  })

  function partsOf(mask: Mask): number[][] {
    const seen = new Set<number>()
    const parts: number[][] = []
    const visit = (x: number, y: number, part: number[]): void => {
      const pixel = y * mask.width + x
      if (at(mask, x, y) !== 1 || seen.has(pixel)) return
      seen.add(pixel)
      part.push(pixel)
      for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) visit(x + dx, y + dy, part)
    }
    mask.data.forEach((_, i) => {
      const part: number[] = []
      visit(i % mask.width, Math.floor(i / mask.width), part)
      if (part.length > 0) parts.push(part)
    })
    return parts
  }
})

describe('a whole mask', () => {
  it('is inverted', () => {
    const mask = maskOf('#..', '.##')
    expect(invert(mask)).toEqual({ x0: 0, y0: 0, x1: 3, y1: 2 })
    expect(rowsOf(mask)).toEqual(['.##', '#..'])
  })

  it('is replaced by another, and only by one of its size', () => {
    fc.assert(
      fc.property(anyMask, fc.infiniteStream(fc.boolean()), (mask, values) => {
        const other = mapPixels(mask, () => values.next().value === true)
        expectEdit(mask, (copy) => replaceMask(copy, other.data), other)
      }),
    )
    expect(() => replaceMask(maskOf('##'), new Uint8Array(3))).toThrow(
      new MaskError('Expected a mask of 2 pixels, got 3.'),
    )
  })
})
