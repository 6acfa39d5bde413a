import type { ShownMask } from '../stage-tool.ts'
import type { MaskSheet } from './mask-sheet.ts'

/** What the stage shows of a sheet: a new object after each change, with all that it touched. */
export class SheetView {
  #drawn: { sheet: MaskSheet; version: number } | null = null
  #shown: ShownMask | null = null

  /** The same object as before where nothing has changed. */
  next(sheet: MaskSheet | null): ShownMask | null {
    if (!sheet) {
      this.#drawn = null
      return (this.#shown = null)
    }
    const { data, width, height, version } = sheet
    const isKnown = this.#drawn?.sheet === sheet
    if (isKnown && this.#drawn?.version === version) return this.#shown
    const dirty = sheet.takeDirty()
    this.#drawn = { sheet, version }
    return (this.#shown = {
      mask: data,
      width,
      height,
      version: (this.#shown?.version ?? 0) + 1,
      dirty: isKnown ? dirty : null,
    })
  }
}
