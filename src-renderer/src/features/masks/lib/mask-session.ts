import type {
  ClipWindow,
  MaskBase,
  MaskDecision,
  MaskEditResult,
  MaskHistory,
  MaskOrigin,
  MaskWindow,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'
import { decodeRuns, encodeChange, encodeRuns } from '#shared/masks/runs.ts'
import type { EditSession, MaskWriter } from './mask-writer.ts'
import type { Editing } from './tools/editing.ts'
import { MaskSheet } from './tools/mask-sheet.ts'

/** FAME's mask of the window at the video's size, and how it was made. */
export interface FameMask extends Mask {
  origin: MaskOrigin
}

export interface SessionOptions {
  window: ClipWindow
  /** What the host keeps of it. */
  open: OpenMask | null
  writer: MaskWriter
  view: SessionView
}

/** Who shows the session at the moment. */
export interface SessionView {
  /** FAME's mask as it is shown now; null while it is being made. */
  fame: () => FameMask | null
  onChange: () => void
}

const NO_HISTORY: MaskHistory = { undo: null, redo: null, revision: 0 }

/**
 * One window under correction. Until somebody changes it, its mask is FAME's and follows beta; the
 * first edit fixes that one and starts from it.
 */
export class MaskSession implements EditSession, Editing {
  readonly window: ClipWindow
  revision: number
  /** The mask under correction; null where it is FAME's. */
  sheet: MaskSheet | null = null
  /** What the host keeps of it, but pixels. */
  kept: MaskWindow | null
  history: MaskHistory
  /** Undos, redos and decisions under way. */
  #asked = 0
  #base: MaskBase | undefined
  #view: SessionView
  readonly #writer: MaskWriter

  constructor({ window, open, writer, view }: SessionOptions) {
    this.#writer = writer
    this.#view = view
    this.window = window
    this.kept = open?.window ?? null
    this.history = open?.history ?? NO_HISTORY
    this.revision = this.history.revision
    if (open) this.#take(open)
  }

  /** What an undo, a redo or a decision makes of the mask is not known yet. */
  get isWaiting(): boolean {
    return this.#asked > 0
  }

  /** Something else shows it from now on. */
  show(view: SessionView): void {
    this.#view = view
  }

  pixels(): Uint8Array {
    return this.sheet?.settled ?? new Uint8Array()
  }

  begin(): boolean {
    if (this.isWaiting || this.sheet?.isEditing) return false
    if (!this.sheet) {
      const fame = this.#view.fame()
      if (!fame) return false
      this.#base = baseOf(fame)
      this.sheet = new MaskSheet({ ...fame, data: fame.data.slice() })
    }
    this.sheet.begin()
    return true
  }

  paint(draw: (mask: Mask) => Rectangle): void {
    // An undo in the middle of a stroke gives the stroke up.
    if (!this.sheet?.isEditing) return
    this.sheet.paint(draw)
    this.#view.onChange()
  }

  commit(label: string): void {
    const change = this.sheet?.end() ?? null
    if (!change) return this.abandon()
    const base = this.#base
    this.#base = undefined
    this.#send({ label, change, turned: change, ...(base && { base }) })
  }

  abandon(): void {
    this.sheet?.abandon()
    if (this.#base) {
      this.#base = undefined
      this.sheet = null
    }
    this.#view.onChange()
  }

  /** Starts anew from FAME's mask as beta cuts it now. */
  reset(): void {
    const fame = this.#view.fame()
    const { sheet } = this
    if (!fame || !sheet || this.isWaiting || sheet.isEditing) return
    const turned = encodeChange(sheet.data, fame.data)
    sheet.replace(fame.data)
    this.#send({ label: 'reset to FAME', change: [fame.data.length], turned, base: baseOf(fame) })
  }

  /** Undoes or redoes one edit of this window. */
  step(way: 'undo' | 'redo'): Promise<void> {
    return this.#wait(() => this.#writer.step(this, way))
  }

  /** Decides on this window. `origin` says how its mask is made where it has none. */
  decide(change: Partial<MaskDecision>, origin: MaskOrigin): Promise<void> {
    return this.#wait(() => this.#writer.decide(this, change, origin))
  }

  onSaved({ window, history }: MaskEditResult): void {
    if (this.#writer.unsavedOf(this) > 1) return
    this.kept = window
    this.history = history
    if (isFames(window) && !this.sheet?.isEditing) this.sheet = null
    this.#view.onChange()
  }

  #send(stroke: Parameters<MaskWriter['edit']>[1]): void {
    this.history = { ...this.history, undo: stroke.label, redo: null }
    this.#writer.edit(this, stroke)
    this.#view.onChange()
  }

  async #wait(ask: () => Promise<OpenMask | null>): Promise<void> {
    this.abandon()
    this.#asked += 1
    this.#view.onChange()
    const now = await ask()
    this.#asked -= 1
    if (now) this.#take(now)
    this.#view.onChange()
  }

  #take({ window, mask }: OpenMask): void {
    const { width, height } = window
    if (!mask || width === null || height === null || isFames(window)) {
      this.sheet = null
      return
    }
    const pixels = decodeRuns(mask, width * height)
    if (this.sheet?.width === width && this.sheet.height === height) this.sheet.replace(pixels)
    else this.sheet = new MaskSheet({ data: pixels, width, height })
  }
}

/** Whether nobody has touched it, so that its mask is whatever FAME gives. */
function isFames({ edited, state }: MaskWindow): boolean {
  return !edited && state === 'untouched'
}

function baseOf({ origin, width, height, data }: FameMask): MaskBase {
  return { origin, width, height, fame: encodeRuns(data) }
}
