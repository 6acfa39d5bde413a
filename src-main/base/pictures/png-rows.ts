import { noPicture, samplesOf, type PngHeader } from './png-header.ts'

/** A part of an interlaced picture: every `dx`-th pixel from `x`, of every `dy`-th row from `y`. */
interface Pass {
  x: number
  y: number
  dx: number
  dy: number
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }]
/** Adam7. */
const INTERLACED: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]

/** One row of samples, as they lie in the picture. */
export interface PngRow {
  /** Samples as PNG packs them, without the filter. Overwritten by the next row. */
  bytes: Uint8Array
  /** Pixels in it; the first is at (x, y), the others follow at a distance of `dx`. */
  count: number
  x: number
  y: number
  dx: number
}

/** Turns unpacked PNG data, which comes in pieces of any length, into rows. Keeps two rows. */
export class PngRows {
  private readonly header: PngHeader
  private readonly passes: Pass[]
  /** Bytes from a pixel to the one on its left. */
  private readonly step: number
  private y = 0
  private line = new Uint8Array(0)
  private above = new Uint8Array(0)
  private filled = 0

  constructor(header: PngHeader) {
    this.header = header
    const passes = header.interlaced ? INTERLACED : WHOLE
    this.passes = passes.filter(({ x, y }) => x < header.width && y < header.height)
    this.step = Math.max(1, (header.depth * samplesOf(header)) / 8)
    this.beginPass()
  }

  /** Has the last row been given? */
  get ended(): boolean {
    return this.passes.length === 0
  }

  *take(piece: Uint8Array): Generator<PngRow, void, undefined> {
    for (let at = 0; at < piece.length && !this.ended;) {
      const taken = piece.subarray(at, at + this.line.length - this.filled)
      this.line.set(taken, this.filled)
      this.filled += taken.length
      at += taken.length
      if (this.filled === this.line.length) yield this.row()
    }
  }

  private row(): PngRow {
    const { line, above, step } = this
    unfilter(line, above, step)
    const [{ x, dx, dy }] = this.passes
    const row = { bytes: line.subarray(1), count: this.count, x, y: this.y, dx }
    this.above = line
    this.line = above
    this.filled = 0
    this.y += dy
    if (this.y >= this.header.height) {
      this.passes.shift()
      this.beginPass()
    }
    return row
  }

  private get count(): number {
    const [{ x, dx }] = this.passes
    return Math.ceil((this.header.width - x) / dx)
  }

  private beginPass(): void {
    if (this.ended) return
    this.y = this.passes[0].y
    const bits = this.count * this.header.depth * samplesOf(this.header)
    this.line = new Uint8Array(1 + Math.ceil(bits / 8))
    this.above = new Uint8Array(this.line.length)
  }
}

/** Takes a row's filter back, in place. @param line its first byte names the filter */
function unfilter(line: Uint8Array, above: Uint8Array, step: number): void {
  const filter = line[0]
  if (filter > 4) throw noPicture('a row of it is malformed')
  if (filter === 0) return
  for (let i = 1; i < line.length; i++) {
    const left = i > step ? line[i - step] : 0
    const up = above[i]
    if (filter === 1) line[i] += left
    else if (filter === 2) line[i] += up
    else if (filter === 3) line[i] += (left + up) >> 1
    else line[i] += paeth(left, up, i > step ? above[i - step] : 0)
  }
}

/** Whichever of the three is nearest to left + up - corner; ties go to the first. */
function paeth(left: number, up: number, corner: number): number {
  const byLeft = Math.abs(up - corner)
  const byUp = Math.abs(left - corner)
  const byCorner = Math.abs(left + up - 2 * corner)
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}
