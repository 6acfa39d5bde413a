import type { Mask, Rectangle } from '#shared/masks/mask.ts'

/** What a tool may do to the mask under correction: one edit at a time, kept whole or not at all. */
export interface Editing {
  /** Starts an edit; false while none can be made. */
  begin(): boolean
  /** Draws on the mask in place; `draw` returns the rectangle that it touched. */
  paint(draw: (mask: Mask) => Rectangle): void
  /** Ends the edit; it is kept, and undone, under this label. */
  commit(label: string): void
  /** Ends the edit as if it had not been made. */
  abandon(): void
}

/**
 * Makes an edit that is over at once.
 * @throws what `draw` throws; then nothing of the edit stays.
 */
export function editOnce(editing: Editing, label: string, draw: (mask: Mask) => Rectangle): void {
  if (!editing.begin()) return
  try {
    editing.paint(draw)
  } catch (error) {
    editing.abandon()
    throw error
  }
  editing.commit(label)
}
