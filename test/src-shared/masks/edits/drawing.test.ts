import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paintBrush, type BrushTip } from '#shared/masks/edits/brush.ts'
import { floodFill } from '#shared/masks/edits/flood-fill.ts'
import { fillPolygon, fillRectangle } from '#shared/masks/edits/polygon.ts'
import { MaskError, type Mask, type Point } from '#shared/masks/mask.ts'
import { anyMask, anyPoint, at, changedBetween, copyOf, holds, maskOf, rowsOf } from './pictures.ts'

const empty = (width: number, height: number): Mask => ({
  data: new Uint8Array(width * height),
  height,
  width,
})
const value = fc.constantFrom(0 as const, 1 as const)

describe('paintBrush', () => {
  const tip: fc.Arbitrary<BrushTip> = fc
    .tuple(anyPoint, fc.integer({ min: 2, max: 24 }))
    .map(([point, radius]) => ({ ...point, radius: radius / 4 }))

  it('paints a disc', () => {
    const mask = empty(7, 5)
    const place = { x: 3.5, y: 2.5, radius: 2 }
    expect(paintBrush(mask, place, place, 1)).toEqual({ x0: 1, y0: 0, x1: 6, y1: 5 })
    expect(rowsOf(mask)).toEqual(['...#...', '..###..', '.#####.', '..###..', '...#...'])
  })

  it('paints the pixel under a tip however small it is', () => {
    const mask = empty(3, 2)
    const place = { x: 1.95, y: 0.05, radius: 0 }
    paintBrush(mask, place, place, 1)
    expect(rowsOf(mask)).toEqual(['.#.', '...'])
  })

  it('paints a thin line without gaps', () => {
    const mask = empty(9, 5)
    paintBrush(mask, { x: 0.5, y: 0.5, radius: 0.5 }, { x: 8.5, y: 4.5, radius: 0.5 }, 1)
    for (let x = 0; x < 9; x++) {
      expect([0, 1, 2, 3, 4].some((y) => at(mask, x, y) === 1)).toBe(true)
    }
  })

  it('paints what many discs between the two tips paint', () => {
    fc.assert(
      fc.property(anyMask, tip, tip, value, (before, from, to, ink) => {
        const mask = copyOf(before)
        const box = paintBrush(mask, from, to, ink)
        expect(holds(box, changedBetween(before, mask))).toBe(true)
        for (let i = 0; i < mask.data.length; i++) {
          const distance = distanceToDiscs(i % mask.width, Math.floor(i / mask.width), from, to)
          if (distance < -1e-9) expect(mask.data[i]).toBe(ink)
          else if (distance > 0.01 && !isUnder(mask, i, from, to)) {
            expect(mask.data[i]).toBe(before.data[i])
          }
        }
      }),
    )
  })

  /** From a pixel's centre to the nearest of 400 discs along the way: negative inside. */
  function distanceToDiscs(x: number, y: number, from: BrushTip, to: BrushTip): number {
    let least = Infinity
    for (let i = 0; i <= 400; i++) {
      const t = i / 400
      const [dx, dy] = [from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)]
      const radius = from.radius + t * (to.radius - from.radius)
      least = Math.min(least, Math.hypot(x + 0.5 - dx, y + 0.5 - dy) - radius)
    }
    return least
  }

  function isUnder({ width }: Mask, i: number, ...tips: Point[]): boolean {
    return tips.some(
      ({ x, y }) => Math.floor(x) === i % width && Math.floor(y) === Math.floor(i / width),
    )
  }
})

describe('fillPolygon', () => {
  it('fills what lies inside by the even-odd rule', () => {
    const mask = empty(6, 4)
    const outer = [
      { x: 0, y: 0 },
      { x: 6, y: 0 },
      { x: 6, y: 4 },
      { x: 0, y: 4 },
      { x: 0, y: 0 },
    ]
    const inner = [
      { x: 2, y: 1 },
      { x: 4, y: 1 },
      { x: 4, y: 3 },
      { x: 2, y: 3 },
      { x: 2, y: 1 },
    ]
    fillPolygon(mask, [...outer, ...inner], 1)
    expect(rowsOf(mask)).toEqual(['######', '##..##', '##..##', '######'])
  })

  it('fills the pixels whose centre a ray test finds inside', () => {
    const corners = fc.array(anyPoint, { minLength: 3, maxLength: 9 })
    fc.assert(
      fc.property(anyMask, corners, value, (before, points, ink) => {
        const mask = copyOf(before)
        const box = fillPolygon(mask, points, ink)
        expect(holds(box, changedBetween(before, mask))).toBe(true)
        for (let i = 0; i < mask.data.length; i++) {
          const [x, y] = [(i % mask.width) + 0.5, Math.floor(i / mask.width) + 0.5]
          if (isNearEdge(x, y, points)) continue
          expect(mask.data[i]).toBe(isInside(x, y, points) ? ink : before.data[i])
        }
      }),
    )
  })

  it('leaves neither gap nor overlap between neighbours', () => {
    fc.assert(
      fc.property(anyMask, anyPoint, ({ height, width }, middle) => {
        const corners = [
          { x: -30, y: -30 },
          { x: 50, y: -30 },
          { x: 50, y: 50 },
          { x: -30, y: 50 },
        ]
        const times = new Uint8Array(height * width)
        corners.forEach((corner, i) => {
          const mask = empty(width, height)
          fillPolygon(mask, [corner, corners[(i + 1) % 4], middle], 1)
          mask.data.forEach((painted, pixel) => (times[pixel] += painted))
        })
        expect([...times].every((count) => count === 1)).toBe(true)
      }),
    )
  })

  it('fills a rectangle whichever corner comes first', () => {
    const mask = empty(5, 4)
    expect(fillRectangle(mask, { x: 4.2, y: 3 }, { x: 1, y: 0.9 }, 1)).toEqual({
      x0: 1,
      y0: 0,
      x1: 5,
      y1: 3,
    })
    expect(rowsOf(mask)).toEqual(['.....', '.###.', '.###.', '.....'])
  })

  it('fills nothing without an area', () => {
    const mask = empty(4, 4)
    fillPolygon(mask, [], 1)
    fillPolygon(mask, [{ x: 1, y: 1 }], 1)
    fillPolygon(
      mask,
      [
        { x: 0, y: 0 },
        { x: 4, y: 4 },
      ],
      1,
    )
    expect(mask.data.includes(1)).toBe(false)
  })

  function isInside(x: number, y: number, points: Point[]): boolean {
    let inside = false
    points.forEach((a, i) => {
      const b = points[(i + 1) % points.length]
      if (a.y > y === b.y > y) return
      if (x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside
    })
    return inside
  }

  /** Rounding decides there. */
  function isNearEdge(x: number, y: number, points: Point[]): boolean {
    return points.some((a, i) => {
      const b = points[(i + 1) % points.length]
      const [dx, dy] = [b.x - a.x, b.y - a.y]
      const length = dx * dx + dy * dy
      const along = length === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length
      const t = Math.min(1, Math.max(0, along))
      return Math.hypot(x - a.x - t * dx, y - a.y - t * dy) < 1e-9
    })
  }
})

describe('floodFill', () => {
  it('fills the region around a pixel up to its border', () => {
    const mask = maskOf('..#..', '..#..', '##...', '.....')
    expect(floodFill(mask, { x: 3.5, y: 0.5 }, 1)).toEqual({ x0: 0, y0: 0, x1: 5, y1: 4 })
    expect(rowsOf(mask)).toEqual(['..###', '..###', '#####', '#####'])
  })

  it('reaches the pixels that a search from neighbour to neighbour reaches', () => {
    fc.assert(
      fc.property(anyMask, anyPoint, value, (before, point, ink) => {
        const mask = copyOf(before)
        const changed = floodFill(mask, point, ink)
        const reached = search(before, point, (pixel) => before.data[pixel] !== ink)
        const expected = before.data.map((old, i) => (reached.has(i) ? ink : old))
        expect(mask.data).toEqual(expected)
        expect(changed).toEqual(changedBetween(before, mask))
      }),
    )
  })

  it('keeps to colours like the first', () => {
    fc.assert(
      fc.property(
        anyMask,
        anyPoint,
        fc.integer({ min: 0, max: 6 }),
        fc.infiniteStream(fc.integer({ min: 100, max: 110 })),
        (before, point, tolerance, colours) => {
          const frame = Uint8Array.from({ length: before.data.length * 3 }, () =>
            Number(colours.next().value),
          )
          const mask = copyOf(before)
          floodFill(mask, point, 1, { frame, tolerance })
          const start = Math.floor(point.y) * mask.width + Math.floor(point.x)
          const alike = (pixel: number): boolean =>
            before.data[pixel] === 0 &&
            [0, 1, 2].every(
              (c) => Math.abs(frame[3 * pixel + c] - frame[3 * start + c]) <= tolerance,
            )
          const reached = search(before, point, alike)
          expect(mask.data).toEqual(before.data.map((old, i) => (reached.has(i) ? 1 : old)))
        },
      ),
    )
  })

  it('refuses a frame of another size', () => {
    const limit = { frame: new Uint8Array(11), tolerance: 3 }
    expect(() => floodFill(empty(2, 2), { x: 0, y: 0 }, 1, limit)).toThrow(
      new MaskError('Expected a frame of 12 values for this mask, got 11.'),
    )
  })

  function search(mask: Mask, { x, y }: Point, inside: (pixel: number) => boolean): Set<number> {
    const reached = new Set<number>()
    const visit = (px: number, py: number): void => {
      if (at(mask, px, py) === undefined) return
      const pixel = py * mask.width + px
      if (reached.has(pixel) || !inside(pixel)) return
      reached.add(pixel)
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ])
        visit(px + dx, py + dy)
    }
    visit(Math.floor(x), Math.floor(y))
    return reached
  }
})
