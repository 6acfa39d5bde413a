import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cellAt,
  cellsOf,
  centred,
  fitView,
  keepInSight,
  toVideo,
  zoomAt,
} from '../../../src-renderer/src/lib/stage-view.ts'

const picture = { width: 320, height: 240 }
const cell = { x: 0, y: 0, width: 800, height: 400 }

describe('the view of the stage', () => {
  it('shows the whole picture in the middle', () => {
    const view = fitView(picture, cell)
    expect(view.scale).toBeCloseTo(400 / 240, 9)
    expect(view.y).toBeCloseTo(0, 9)
    expect(view.x).toBeCloseTo((800 - 320 * view.scale) / 2, 9)
  })

  it('keeps the video pixel under the pointer while it zooms in', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 6, noNaN: true }),
        fc.double({ min: 0.3, max: 0.7, noNaN: true }),
        fc.double({ min: 0.3, max: 0.7, noNaN: true }),
        (factor, u, v) => {
          const view = centred(picture, cell, 3)
          const at = { x: u * cell.width, y: v * cell.height }
          const before = toVideo(view, at)
          const after = toVideo(zoomAt(view, factor, at, picture, cell), at)
          expect(after.x).toBeCloseTo(before.x, 6)
          expect(after.y).toBeCloseTo(before.y, 6)
        },
      ),
    )
  })

  it('never loses the picture', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 40, noNaN: true }),
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        (scale, x, y) => {
          const view = keepInSight({ scale, x, y }, picture, cell)
          const middle = toVideo(view, { x: cell.width / 2, y: cell.height / 2 })
          expect(middle.x).toBeGreaterThanOrEqual(-1e-6)
          expect(middle.x).toBeLessThanOrEqual(picture.width + 1e-6)
          expect(middle.y).toBeGreaterThanOrEqual(-1e-6)
          expect(middle.y).toBeLessThanOrEqual(picture.height + 1e-6)
        },
      ),
    )
  })

  it('zooms out to half of what fits, and in to pixels as large as buttons', () => {
    const fit = fitView(picture, cell)
    const at = { x: 400, y: 200 }
    expect(zoomAt(fit, 1e-6, at, picture, cell).scale).toBeCloseTo(fit.scale / 2, 9)
    expect(zoomAt(fit, 1e6, at, picture, cell).scale).toBe(40)
  })
})

describe('the cells of the stage', () => {
  it('lie where they show the pictures largest', () => {
    const wide = cellsOf(2, { width: 1000, height: 400 }, picture)
    expect(wide.map(({ y }) => y)).toEqual([0, 0])
    const tall = cellsOf(2, { width: 400, height: 1000 }, picture)
    expect(tall.map(({ x }) => x)).toEqual([0, 0])
    expect(cellsOf(7, { width: 1000, height: 700 }, picture)).toHaveLength(7)
  })

  it('are found by a place, also from the gap between them', () => {
    const cells = cellsOf(2, { width: 1006, height: 400 }, picture)
    expect(cellAt(cells, { x: 10, y: 10 })).toBe(cells[0])
    expect(cellAt(cells, { x: 900, y: 390 })).toBe(cells[1])
    expect(cellAt(cells, { x: 504, y: 390 })).toBe(cells[1])
  })
})
