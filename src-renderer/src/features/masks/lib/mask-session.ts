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
import { acceptFrames, editMasks, keepFrames, withoutFrames } from '#shared/masks/frame-edits.ts'
import type { ClipMasks, EditScope } from '#shared/masks/frame-edits.ts'
import {
  changesBetween,
  packFrameChanges,
  packFrames,
  type FrameMasks,
} from '#shared/masks/frame-masks.ts'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'
import { packRuns, unpackRuns, xorPacked } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeChange, encodeRuns } from '#shared/masks/runs.ts'
import { FrameSheet } from './frame-sheet.ts'
import type { EditSession, MaskWriter, Stroke } from './mask-writer.ts'
import { openFrames } from './open-frames.ts'
import type { Editing } from './tools/editing.ts'
import type { MaskSheet } from './tools/mask-sheet.ts'

/** FAME's mask of the window at the video's size, and how it was made. */
export interface FameMask extends Mask {
  origin: MaskOrigin
  /** The masks of the frames, where the variant finds some. */
  byFrame?: FrameMasks
}

const NO_FRAMES: FrameMasks = new Map()

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
  /** What an edit reaches. Default: the whole clip. */
  scope?: () => EditScope
}

const NO_HISTORY: MaskHistory = { undo: null, redo: null, revision: 0 }

/**
 * One window under correction. Until somebody changes it, its mask is FAME's and follows beta; the
 * first edit fixes that one and starts from it.
 */
export class MaskSession implements EditSession, Editing {
  readonly window: ClipWindow
  revision: number
  /** What the host keeps of it, but pixels. */
  kept: MaskWindow | null
  history: MaskHistory
  /** Why its masks by frame could not be read; empty where they could. */
  fault = ''
  /** Undos, redos and decisions under way. */
  #asked = 0
  #base: MaskBase | undefined
  #view: SessionView
  readonly #shown = new FrameSheet()
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

  /** The mask under correction as the frame in sight has it; null where it is FAME's. */
  get sheet(): MaskSheet | null {
    return this.#shown.sheet
  }

  /** The masks of the clip and of its frames, with every edit that was sent or waits. */
  get masks(): ClipMasks {
    return this.#shown.masks
  }

  get frames(): FrameMasks {
    return this.masks.frames
  }

  /** What an undo, a redo or a decision makes of the mask is not known yet. */
  get isWaiting(): boolean {
    return this.#asked > 0
  }

  /** Something else shows it from now on. */
  show(view: SessionView): void {
    this.#view = view
  }

  /** Another frame of the window is in sight, 0..T-1; null for one outside. */
  showFrame(frame: number | null): void {
    if (this.#shown.show(frame)) this.#view.onChange()
  }

  pixels(): Uint8Array {
    const { sheet, masks } = this.#shown
    if (!sheet) return new Uint8Array()
    return decodeRuns(unpackRuns(masks.clip), sheet.data.length)
  }

  byFrame(): Uint8Array | null {
    return this.sheet ? packFrames(this.frames, this.#shape()) : null
  }

  begin(): boolean {
    if (this.isWaiting || this.sheet?.isEditing) return false
    if (!this.sheet) {
      const fame = this.#view.fame()
      if (!fame) return false
      this.#base = baseOf(fame)
      this.#shown.open({ clip: packRuns(this.#base.fame), frames: fame.byFrame ?? NO_FRAMES }, fame)
    }
    this.#shown.begin()
    return true
  }

  paint(draw: (mask: Mask) => Rectangle): void {
    // An undo in the middle of a stroke gives the stroke up.
    if (!this.sheet?.isEditing) return
    this.sheet.paint(draw)
    this.#view.onChange()
  }

  commit(label: string): void {
    const ended = this.#shown.end()
    if (!ended) return this.abandon()
    const { change, frame } = ended
    const scope = this.#view.scope?.() ?? 'clip'
    const edit = { change: packRuns(change), frame, scope, count: this.window.frames }
    this.#change(label, editMasks(this.#shown.masks, edit))
  }

  /**
   * Takes masks that a method proposes for frames; one step of the history. Returns whether it took
   * them: it does not during a stroke, an undo, a redo or a decision.
   */
  accept(proposed: ReadonlyMap<number, Uint8Array>, label: string): boolean {
    if (!this.#isReady()) return false
    const { masks } = this.#shown
    if (proposed.size > 0) {
      this.#change(label, { ...masks, frames: acceptFrames(masks.frames, proposed) })
    }
    return true
  }

  /** Takes what frames are shown with as if it had been drawn there; one step of the history. */
  keep(frames: Iterable<number>, label: string): void {
    if (!this.#isReady()) return
    const { masks } = this.#shown
    this.#change(label, { ...masks, frames: keepFrames(masks, frames) })
  }

  /** Gives frames the mask of the clip again. */
  drop(frames: Iterable<number>, label: string): void {
    const { masks } = this.#shown
    const next = withoutFrames(masks.frames, frames)
    if (next.size === masks.frames.size || !this.#isReady()) return
    this.#change(label, { ...masks, frames: next })
  }

  abandon(): void {
    this.sheet?.abandon()
    if (this.#base) {
      this.#base = undefined
      this.#shown.close()
    }
    this.#shown.refresh()
    this.#view.onChange()
  }

  /** Starts anew from FAME's mask as beta cuts it now; frames have what its variant finds. */
  reset(): void {
    const fame = this.#view.fame()
    if (!fame || !this.sheet || !this.#isReady()) return
    const base = baseOf(fame)
    const turned = encodeChange(this.pixels(), fame.data)
    const frames = fame.byFrame ?? NO_FRAMES
    const byFrame = this.#changed(this.frames, frames)
    this.#shown.set({ clip: packRuns(base.fame), frames })
    const change = [fame.data.length]
    this.#send({ label: 'reset to FAME', change, turned, base, ...byFrame })
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
    if (isFames(window) && !this.sheet?.isEditing) this.#shown.close()
    this.#view.onChange()
  }

  #isReady(): boolean {
    return this.sheet !== null && !this.isWaiting && !this.sheet.isEditing
  }

  #shape() {
    return { frames: this.window.frames, pixels: this.sheet?.data.length ?? 0 }
  }

  /** What it takes to have other masks by frame, for an edit. */
  #changed(before: FrameMasks, frames: FrameMasks): Pick<Stroke, 'byFrame'> {
    const shape = this.#shape()
    const byFrame = packFrameChanges(changesBetween(before, frames, shape.pixels), shape)
    return byFrame ? { byFrame } : {}
  }

  #change(label: string, next: ClipMasks): void {
    const turned = unpackRuns(xorPacked(this.#shown.masks.clip, next.clip))
    const base = this.#base
    // The host has heard nothing yet of what the variant finds.
    const byFrame = this.#changed(base ? NO_FRAMES : this.frames, next.frames)
    this.#base = undefined
    this.#shown.set(next)
    this.#send({ label, change: turned, turned, ...byFrame, ...(base && { base }) })
  }

  #send(stroke: Stroke): void {
    this.fault = ''
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

  #take({ window, mask, byFrame }: OpenMask): void {
    const { width, height } = window
    if (!mask || width === null || height === null || isFames(window)) return this.#shown.close()
    const shape = { frames: window.frames, pixels: width * height }
    const { frames, fault } = openFrames(byFrame, shape)
    this.fault = fault
    this.#shown.open({ clip: packRuns(mask), frames }, { width, height })
  }
}

/** Whether nobody has touched it, so that its mask is whatever FAME gives. */
function isFames({ edited, state }: MaskWindow): boolean {
  return !edited && state === 'untouched'
}

function baseOf({ origin, width, height, data }: FameMask): MaskBase {
  return { origin, width, height, fame: encodeRuns(data) }
}
