/**
 * Polygons filled as the COCO API fills them (`rleFrPoly` of maskApi.c), pixel by pixel the same:
 * corners are rounded to a grid of a fifth of a pixel; the boundary is walked on that grid; where it
 * passes the middle of a column of pixels, that column changes its value from that height down.
 */
import { MaskError } from '#shared/masks/mask.ts'
import { transpose } from './coco-rle.ts'

/** Parts of a pixel that corners are rounded to. */
const GRID = 5
/**
 * Most places of one boundary on the grid: a polygon may have any number of corners anywhere, and
 * each edge takes as long as it is.
 */
const MOST_PLACES = 2 ** 26

/**
 * The union of polygons.
 * @param polygons each x, y, x, y, ... in pixels; pixel (0, 0) has its centre at (0.5, 0.5)
 * @returns [H, W] u8 of 0 and 1
 * @throws MaskError when one is no polygon, or its boundary is too long
 */
export function fillPolygons(
  polygons: readonly (readonly number[])[],
  height: number,
  width: number,
): Uint8Array {
  const columns = new Uint8Array(height * width)
  const raster = new PolygonRaster(height, width)
  for (const polygon of polygons) raster.fill(polygon, columns)
  return transpose(columns, width, height)
}

/** Where polygons are drawn: H x W pixels, by columns. */
class PolygonRaster {
  private readonly height: number
  private readonly width: number
  /** [W, H] u8: where a column changes its value. */
  private readonly changes: Uint8Array
  /** The first and the last of these changes. */
  private first = 0
  private last = 0
  private places = 0

  constructor(height: number, width: number) {
    this.height = height
    this.width = width
    this.changes = new Uint8Array(width * height)
  }

  /** @param into [W, H] u8 by columns; receives 1 where the polygon is, and keeps its other pixels */
  fill(corners: readonly number[], into: Uint8Array): void {
    if (corners.length < 6 || corners.length % 2 !== 0 || !corners.every(Number.isFinite)) {
      throw new MaskError('Its polygon is malformed: expected x, y of 3 corners or more.')
    }
    this.first = into.length
    this.last = 0
    this.walk(corners)
    let inside = 0
    for (let at = this.first; at < into.length && at <= this.last; at++) {
      inside ^= this.changes[at]
      into[at] |= inside
      this.changes[at] = 0
    }
  }

  private walk(corners: readonly number[]): void {
    const count = corners.length / 2
    // As C's conversion does: towards zero.
    const grid = corners.map((value) => Math.trunc(GRID * value + 0.5))
    // The boundary may begin in the middle of nothing: the first place has none before it.
    let before: Place | null = null
    for (let i = 0; i < count; i++) {
      const next = (i + 1) % count
      const edge = new Edge(grid[2 * i], grid[2 * i + 1], grid[2 * next], grid[2 * next + 1])
      this.places += edge.length + 1
      if (!(this.places <= MOST_PLACES)) throw tooLong()
      before = this.follow(edge, before)
    }
  }

  /** Marks what an edge crosses. @returns its last place */
  private follow(edge: Edge, before: Place | null): Place {
    let last = before
    for (let step = 0; step <= edge.length; step++) {
      const place = edge.at(step)
      if (last && last.u !== place.u) this.cross(last, place)
      last = place
    }
    return last!
  }

  /** The boundary moves on from one column of the grid to the next. */
  private cross(from: Place, to: Place): void {
    const x = ((to.u < from.u ? to.u : to.u - 1) + 0.5) / GRID - 0.5
    if (!Number.isInteger(x) || x < 0 || x > this.width - 1) return
    const y = (Math.min(from.v, to.v) + 0.5) / GRID - 0.5
    // Below the last row is the first of the next column: what changes there ends the column.
    const row = Math.ceil(Math.min(Math.max(y, 0), this.height))
    const at = x * this.height + row
    this.first = Math.min(this.first, at)
    this.last = Math.max(this.last, at)
    if (at < this.changes.length) this.changes[at] ^= 1
  }
}

interface Place {
  u: number
  v: number
}

/** An edge on the grid, place by place along its longer side. */
class Edge {
  /** Steps from its first place to its last. */
  readonly length: number
  private readonly isWide: boolean
  /** The places are computed from the end with the lesser coordinate, whichever way it is walked. */
  private readonly isReversed: boolean
  private readonly u: number
  private readonly v: number
  private readonly slope: number

  constructor(u0: number, v0: number, u1: number, v1: number) {
    const [du, dv] = [Math.abs(u1 - u0), Math.abs(v1 - v0)]
    this.isWide = du >= dv
    this.length = this.isWide ? du : dv
    this.isReversed = this.isWide ? u0 > u1 : v0 > v1
    this.u = this.isReversed ? u1 : u0
    this.v = this.isReversed ? v1 : v0
    const [du1, dv1] = this.isReversed ? [u0 - u1, v0 - v1] : [u1 - u0, v1 - v0]
    const rise = this.isWide ? dv1 : du1
    this.slope = this.length === 0 ? 0 : rise / this.length
  }

  at(step: number): Place {
    const along = this.isReversed ? this.length - step : step
    if (this.isWide) return { u: this.u + along, v: Math.trunc(this.v + this.slope * along + 0.5) }
    return { u: Math.trunc(this.u + this.slope * along + 0.5), v: this.v + along }
  }
}

function tooLong(): MaskError {
  return new MaskError('The boundary of its polygon is too long. Check that it is in pixels.')
}
