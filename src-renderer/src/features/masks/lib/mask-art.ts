import {
  clipRectangle,
  EMPTY_RECTANGLE,
  isEmpty,
  joinRectangles,
  wholeMask,
  type Mask,
  type Rectangle,
} from '#shared/masks/mask.ts'
import { contextOf } from '../../../charts/canvas.ts'
import { maskEdges, tilesOf } from './mask-edges.ts'

/** RGBA, little-endian: the foreground's tint, and the shade over the background. */
const TINT = 0xff5c8fff
const SHADE = 0xff000000
/** Pixels. */
const TILE = 64

/** A mask made ready to be drawn; a change costs what it touches, and only where it is drawn. */
export class MaskArt {
  readonly width: number
  readonly height: number
  readonly #foreground: Sheet
  readonly #background: Sheet
  readonly #columns: number
  readonly #rows: number
  readonly #outline = new Map<number, Path2D>()
  #mask: Mask

  /** @param mask [H, W] of 0 and 1 */
  constructor(mask: Mask) {
    this.width = mask.width
    this.height = mask.height
    this.#mask = mask
    this.#foreground = new Sheet(1, TINT)
    this.#background = new Sheet(0, SHADE)
    this.#columns = Math.ceil(mask.width / TILE)
    this.#rows = Math.ceil(mask.height / TILE)
    this.update(mask, null)
  }

  /** Tinted where there is foreground, else transparent. */
  get foreground(): OffscreenCanvas {
    return this.#foreground.canvasOf(this.#mask)
  }

  /** Black where there is background, else transparent. */
  get background(): OffscreenCanvas {
    return this.#background.canvasOf(this.#mask)
  }

  /** @param changed what differs from the last mask, of the same size; null for all of it */
  update(mask: Mask, changed: Rectangle | null): void {
    const area = clipRectangle(changed ?? wholeMask(mask), mask)
    this.#mask = mask
    if (isEmpty(area)) return
    this.#foreground.outdate(area)
    this.#background.outdate(area)
    // A pixel's right and lower border belong to its neighbours.
    const touched = clipRectangle({ ...area, x1: area.x1 + 1, y1: area.y1 + 1 }, mask)
    for (const tile of tilesOf(touched, TILE, this.#columns, this.#rows)) {
      this.#outline.set(tile, pathOf(mask, this.#tile(tile)))
    }
  }

  /** Draws the borders with the context's line; the context is in this mask's pixels. */
  strokeOutline(context: CanvasRenderingContext2D): void {
    for (const path of this.#outline.values()) context.stroke(path)
  }

  #tile(tile: number): Rectangle {
    const x0 = (tile % this.#columns) * TILE
    const y0 = Math.floor(tile / this.#columns) * TILE
    return clipRectangle({ x0, y0, x1: x0 + TILE, y1: y0 + TILE }, this)
  }
}

/** One of the two values in a colour, painted when it is asked for. */
class Sheet {
  readonly #value: 0 | 1
  readonly #colour: number
  #canvas: OffscreenCanvas | null = null
  #outdated: Rectangle = EMPTY_RECTANGLE

  constructor(value: 0 | 1, colour: number) {
    this.#value = value
    this.#colour = colour
  }

  outdate(area: Rectangle): void {
    this.#outdated = joinRectangles(this.#outdated, area)
  }

  canvasOf(mask: Mask): OffscreenCanvas {
    const canvas = (this.#canvas ??= new OffscreenCanvas(mask.width, mask.height))
    if (!isEmpty(this.#outdated)) fill(canvas, mask, this.#outdated, this.#value, this.#colour)
    this.#outdated = EMPTY_RECTANGLE
    return canvas
  }
}

function fill(
  canvas: OffscreenCanvas,
  { data, width }: Mask,
  { x0, y0, x1, y1 }: Rectangle,
  value: 0 | 1,
  colour: number,
): void {
  const image = new ImageData(x1 - x0, y1 - y0)
  const pixels = new Uint32Array(image.data.buffer)
  for (let y = y0, i = 0; y < y1; y++) {
    for (let x = x0; x < x1; x++, i++) if (data[y * width + x] === value) pixels[i] = colour
  }
  contextOf(canvas).putImageData(image, x0, y0)
}

function pathOf(mask: Mask, tile: Rectangle): Path2D {
  const path = new Path2D()
  const lines = maskEdges(mask, tile)
  for (let i = 0; i < lines.length; i += 4) {
    path.moveTo(lines[i], lines[i + 1])
    path.lineTo(lines[i + 2], lines[i + 3])
  }
  return path
}
