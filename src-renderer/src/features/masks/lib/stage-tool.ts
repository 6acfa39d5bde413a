import type { Ref } from 'vue'
import type { Rectangle } from '#shared/masks/mask.ts'

/** A pointer on the stage: video pixels from the top left corner, not rounded; pressure in [0, 1]. */
export interface StagePoint {
  x: number
  y: number
  pressure: number
  /** Milliseconds, as `performance.now`. */
  time: number
}

/** What the pointer does on the stage: a brush, a rectangle. */
export interface StageTool {
  /** CSS cursor. */
  cursor: string
  /** Video pixels: the stage draws the size preview. */
  radius?: number
  down(at: StagePoint, keys: { shift: boolean; alt: boolean }): void
  /** Everything the pointer passed since the last call, oldest first. */
  move(points: StagePoint[]): void
  up(): void
  /** Escape, or a pointer that was lost: nothing of the gesture stays. */
  cancel(): void
  /** The pointer moves without being pressed; null when it leaves. */
  hover?(at: StagePoint | null): void
  /** Drawn over the picture: rubber bands, polygon points. In video pixels; `pixel` is one of the screen. */
  draw?(context: CanvasRenderingContext2D, pixel: number): void
  /** Changes when it has to be drawn again for another reason than its pointer. */
  readonly revision?: Readonly<Ref<number>>
}

/** A mask of the clip's own, or of a frame, as the stage shows it in place of the one that beta cuts. */
export interface ShownMask {
  /** [height, width] of 0 and 1. */
  mask: Uint8Array
  width: number
  height: number
  /** Grows with every change. */
  version: number
  /** What the last change touched; null for all of it. */
  dirty: Rectangle | null
}
