import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import type { Point } from '#shared/masks/mask.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import { editOnce, type Editing } from './editing.ts'
import { strokeOutline } from './outline.ts'

/** Fills the rectangle that the pointer draws out, of whole pixels; Alt erases it. */
export class RectangleTool implements StageTool {
  readonly cursor = 'crosshair'
  readonly #editing: Editing
  #corners: { from: Point; to: Point } | null = null
  #value: 0 | 1 = 1

  constructor(editing: Editing) {
    this.#editing = editing
  }

  down({ x, y }: StagePoint, { alt }: { shift: boolean; alt: boolean }): void {
    this.#value = alt ? 0 : 1
    this.#corners = { from: { x, y }, to: { x, y } }
  }

  move(points: StagePoint[]): void {
    const last = points.at(-1)
    if (this.#corners && last) this.#corners.to = { x: last.x, y: last.y }
  }

  up(): void {
    const drawn = this.#corners
    const value = this.#value
    this.#corners = null
    if (!drawn) return
    const [a, b] = wholePixels(drawn)
    editOnce(this.#editing, 'rectangle', (mask) => fillRectangle(mask, a, b, value))
  }

  cancel(): void {
    this.#corners = null
  }

  draw(context: CanvasRenderingContext2D, pixel: number): void {
    if (!this.#corners) return
    const [a, b] = wholePixels(this.#corners)
    const around = [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }]
    strokeOutline(context, around, { pixel, closed: true })
  }
}

/** Upper left and lower right corner of all pixels that the rectangle touches. */
function wholePixels({ from, to }: { from: Point; to: Point }): [Point, Point] {
  const low = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y) }
  const high = { x: Math.max(from.x, to.x), y: Math.max(from.y, to.y) }
  return [
    { x: Math.floor(low.x), y: Math.floor(low.y) },
    {
      x: Math.max(Math.ceil(high.x), Math.floor(low.x) + 1),
      y: Math.max(Math.ceil(high.y), Math.floor(low.y) + 1),
    },
  ]
}
