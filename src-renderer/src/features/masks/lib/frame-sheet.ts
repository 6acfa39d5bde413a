import { shownMask, type ClipMasks } from '#shared/masks/frame-edits.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { MaskSheet } from './tools/mask-sheet.ts'

const NONE: ClipMasks = { clip: new Uint8Array(), frames: new Map() }

/** The masks of a clip and its frames, and the sheet that shows the one of the frame in sight. */
export class FrameSheet {
  /** Null where the clip has no mask of its own. */
  sheet: MaskSheet | null = null
  #masks: ClipMasks = NONE
  #frame: number | null = null
  /** The packed mask that the sheet shows. */
  #drawn: Uint8Array | null = null
  /** The frame that is being drawn on, which stays the one whatever is in sight meanwhile. */
  #edited: number | null = null
  /** Whether the sheet has an edit that no packed mask has yet. */
  #isAhead = false

  get masks(): ClipMasks {
    return this.#masks
  }

  /** Shows another frame; whether the sheet has changed. */
  show(frame: number | null): boolean {
    this.#frame = frame
    return this.refresh()
  }

  open(masks: ClipMasks, { width, height }: { width: number; height: number }): void {
    this.#masks = masks
    const { sheet } = this
    if (sheet?.width !== width || sheet.height !== height) {
      this.sheet = new MaskSheet({ data: new Uint8Array(width * height), width, height })
    }
    this.#drawn = null
    this.refresh()
  }

  /** Puts other masks in place of all. */
  set(masks: ClipMasks): void {
    this.#masks = masks
    // A stroke costs what it touches: the sheet shows it already.
    if (this.#isAhead && this.#frame === this.#edited) this.#drawn = shownMask(masks, this.#frame)
    this.#isAhead = false
    this.refresh()
  }

  close(): void {
    this.sheet = null
    this.#masks = NONE
    this.#drawn = null
  }

  begin(): void {
    this.#edited = this.#frame
    this.sheet?.begin()
  }

  /** Ends the edit: the pixels that were turned, and the frame; null where there are none. */
  end(): { change: number[]; frame: number | null } | null {
    const change = this.sheet?.end() ?? null
    this.#isAhead = change !== null
    this.#drawn = null
    return change && { change, frame: this.#edited }
  }

  /** Shows the mask of the frame in sight, but for an edit under way. */
  refresh(): boolean {
    const { sheet } = this
    if (!sheet || sheet.isEditing) return false
    const mask = shownMask(this.#masks, this.#frame)
    if (mask === this.#drawn) return false
    this.#drawn = mask
    sheet.replace(decodeRuns(unpackRuns(mask), sheet.data.length))
    return true
  }
}
