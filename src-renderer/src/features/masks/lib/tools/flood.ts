import { floodFill, type ColourLimit } from '#shared/masks/edits/flood-fill.ts'
import { EMPTY_RECTANGLE, type Mask } from '#shared/masks/mask.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import { editOnce, type Editing } from './editing.ts'

/** Turns the region under the pointer: background becomes foreground, foreground background. */
export class FloodTool implements StageTool {
  readonly cursor = 'crosshair'
  readonly #editing: Editing
  readonly #limit: () => ColourLimit | undefined

  /** @param limit keeps the fill to pixels of like colour */
  constructor(editing: Editing, limit: () => ColourLimit | undefined) {
    this.#editing = editing
    this.#limit = limit
  }

  down(at: StagePoint): void {
    editOnce(this.#editing, 'flood fill', (mask) => {
      const value = valueAt(mask, at)
      if (value === null) return EMPTY_RECTANGLE
      return floodFill(mask, at, value === 1 ? 0 : 1, this.#limit())
    })
  }

  move(): void {
    // The fill is done when the pointer goes down.
  }

  up(): void {
    // The fill is done when the pointer goes down.
  }

  cancel(): void {
    // The fill is done when the pointer goes down.
  }
}

function valueAt({ data, height, width }: Mask, at: { x: number; y: number }): number | null {
  const x = Math.floor(at.x)
  const y = Math.floor(at.y)
  return x < 0 || y < 0 || x >= width || y >= height ? null : (data[y * width + x] ?? null)
}
