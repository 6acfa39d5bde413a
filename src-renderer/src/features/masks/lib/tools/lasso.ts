import { fillPolygon } from '#shared/masks/edits/polygon.ts'
import type { Point } from '#shared/masks/mask.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import { editOnce, type Editing } from './editing.ts'
import { strokeOutline } from './outline.ts'

/** Fills what the pointer goes round; Alt erases it. */
export class LassoTool implements StageTool {
  readonly cursor = 'crosshair'
  readonly #editing: Editing
  #points: Point[] = []
  #value: 0 | 1 = 1

  constructor(editing: Editing) {
    this.#editing = editing
  }

  down({ x, y }: StagePoint, { alt }: { shift: boolean; alt: boolean }): void {
    this.#value = alt ? 0 : 1
    this.#points = [{ x, y }]
  }

  move(points: StagePoint[]): void {
    if (this.#points.length > 0) this.#points.push(...points.map(({ x, y }) => ({ x, y })))
  }

  up(): void {
    const points = this.#points
    const value = this.#value
    this.#points = []
    if (points.length > 2) {
      editOnce(this.#editing, 'lasso', (mask) => fillPolygon(mask, points, value))
    }
  }

  cancel(): void {
    this.#points = []
  }

  draw(context: CanvasRenderingContext2D, pixel: number): void {
    if (this.#points.length > 1) strokeOutline(context, this.#points, { pixel, closed: true })
  }
}
