import { ref } from 'vue'
import { paintBrush, type BrushTip } from '#shared/masks/edits/brush.ts'
import { EMPTY_RECTANGLE, joinRectangles } from '#shared/masks/mask.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import type { Editing } from './editing.ts'

/** Part of the brush's radius that a pen without pressure keeps. */
const LIGHTEST = 0.2

/** The part of the brush's radius that a pressure in [0, 1] gives; a mouse always presses with 1. */
export function pressureFactor(pressure: number): number {
  return LIGHTEST + (1 - LIGHTEST) * pressure
}

export interface BrushShape {
  /** Video pixels. */
  radius: number
  /** Whether a pen's pressure counts. */
  usesPressure: boolean
}

/**
 * Paints or erases while the pointer is down; Alt does the opposite, Shift draws a straight line from
 * where the last stroke ended.
 */
export class BrushTool implements StageTool {
  readonly cursor = 'crosshair'
  readonly revision = ref(0)
  readonly #editing: Editing
  readonly #value: 0 | 1
  #shape: BrushShape
  #painted: 0 | 1 = 1
  #tip: BrushTip | null = null
  #end: BrushTip | null = null

  /** @param value 1 paints, 0 erases */
  constructor(editing: Editing, value: 0 | 1, shape: BrushShape) {
    this.#editing = editing
    this.#value = value
    this.#shape = shape
  }

  get radius(): number {
    return this.#shape.radius
  }

  reshape(shape: BrushShape): void {
    this.#shape = shape
    this.revision.value += 1
  }

  down(at: StagePoint, keys: { shift: boolean; alt: boolean }): void {
    if (!this.#editing.begin()) return
    this.#painted = keys.alt ? (this.#value === 1 ? 0 : 1) : this.#value
    const tip = this.#tipOf(at)
    this.#tip = keys.shift && this.#end ? this.#end : tip
    this.#paintTo([tip])
  }

  move(points: StagePoint[]): void {
    if (this.#tip) this.#paintTo(points.map((point) => this.#tipOf(point)))
  }

  up(): void {
    if (!this.#tip) return
    this.#end = this.#tip
    this.#tip = null
    this.#editing.commit(this.#painted === 1 ? 'brush' : 'eraser')
  }

  cancel(): void {
    if (!this.#tip) return
    this.#tip = null
    this.#editing.abandon()
  }

  #tipOf({ x, y, pressure }: StagePoint): BrushTip {
    const { radius, usesPressure } = this.#shape
    return { x, y, radius: radius * (usesPressure ? pressureFactor(pressure) : 1) }
  }

  #paintTo(tips: BrushTip[]): void {
    this.#editing.paint((mask) => {
      let touched = EMPTY_RECTANGLE
      for (const tip of tips) {
        touched = joinRectangles(touched, paintBrush(mask, this.#tip ?? tip, tip, this.#painted))
        this.#tip = tip
      }
      return touched
    })
  }
}
