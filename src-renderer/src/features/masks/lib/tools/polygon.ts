import { ref } from 'vue'
import { fillPolygon } from '#shared/masks/edits/polygon.ts'
import type { Point } from '#shared/masks/mask.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import { editOnce, type Editing } from './editing.ts'
import { drawCorner, strokeOutline } from './outline.ts'

/** A press this near to the first corner closes the polygon, in pixels of the screen. */
const REACH = 8

/** Fills a polygon that is pressed corner by corner; Alt at the first corner erases it. */
export class PolygonTool implements StageTool {
  readonly cursor = 'crosshair'
  /** How many corners there are. */
  readonly revision = ref(0)
  readonly #editing: Editing
  #corners: Point[] = []
  #pointer: Point | null = null
  #value: 0 | 1 = 1
  /** One pixel of the screen in video pixels, as it was last drawn. */
  #pixel = 1

  constructor(editing: Editing) {
    this.#editing = editing
  }

  down({ x, y }: StagePoint, { alt }: { shift: boolean; alt: boolean }): void {
    const [first] = this.#corners
    if (first && this.#corners.length > 2) {
      if (Math.hypot(x - first.x, y - first.y) <= REACH * this.#pixel) return this.close()
    }
    if (!first) this.#value = alt ? 0 : 1
    this.#corners.push({ x, y })
    this.#pointer = { x, y }
    this.revision.value = this.#corners.length
  }

  /** A corner can still be dragged while it is being set. */
  move(points: StagePoint[]): void {
    const last = points.at(-1)
    const corner = this.#corners.at(-1)
    if (!last || !corner) return
    corner.x = last.x
    corner.y = last.y
    this.#pointer = corner
  }

  up(): void {
    this.#pointer = null
  }

  hover(at: StagePoint | null): void {
    this.#pointer = at
  }

  /** Fills it, where it has three corners or more. */
  close(): void {
    const corners = this.#corners
    const value = this.#value
    if (corners.length < 3) return
    this.cancel()
    editOnce(this.#editing, 'polygon', (mask) => fillPolygon(mask, corners, value))
  }

  /** Takes the last corner away. */
  back(): void {
    this.#corners.pop()
    this.revision.value = this.#corners.length
  }

  cancel(): void {
    this.#corners = []
    this.#pointer = null
    this.revision.value = 0
  }

  draw(context: CanvasRenderingContext2D, pixel: number): void {
    this.#pixel = pixel
    if (this.#corners.length === 0) return
    const line = this.#pointer ? [...this.#corners, this.#pointer] : this.#corners
    strokeOutline(context, line, { pixel, closed: false })
    this.#corners.forEach((corner, i) => drawCorner(context, corner, { pixel, first: i === 0 }))
  }
}
