import type {
  ClipWindow,
  MaskDecision,
  MaskEdit,
  MaskEditResult,
  MaskWindow,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import { changeFrames, packFrames, unpackFrameChanges } from '#shared/masks/frame-masks.ts'
import type { FrameMasks } from '#shared/masks/frame-masks.ts'
import { decodeRuns, encodeRuns, xorRuns } from '#shared/masks/runs.ts'
import type { MaskService } from '../../../../../src-renderer/src/features/masks/lib/mask-writer.ts'

export const SIZE = { width: 12, height: 8 }
export const WINDOW: ClipWindow = { videoId: 1, start: 0, frames: 16, stride: 2 }
export const ORIGIN = {
  beta: 0.3,
  variant: 'fame',
  adaptive: false,
  compensate: false,
  size: 112,
} as const

interface Kept {
  mask: Uint8Array | null
  frames: FrameMasks
}

interface Step {
  label: string
  before: Kept
  after: Kept
}

const SHAPE = { frames: WINDOW.frames, pixels: SIZE.width * SIZE.height }

/** What a test makes of a request: answered late, answered with an error, or done and not answered. */
export type Fate = 'answer' | 'refuse' | 'lose before' | 'lose after'

/** A host that keeps one window, with a history; requests meet the fates that a test deals. */
export class FakeMaskService implements MaskService {
  mask: Uint8Array | null = null
  frames: FrameMasks = new Map()
  state: MaskWindow['state'] = 'untouched'
  revision = 0
  /** Requests in the order in which they came. */
  log: string[] = []
  fates: Fate[] = []
  /** Answers wait for this. */
  gate: Promise<undefined> = Promise.resolve(undefined)
  #done: Step[] = []
  #undone: Step[] = []

  window(): Promise<OpenMask | null> {
    return Promise.resolve(this.revision === 0 ? null : this.#open())
  }

  edit(edit: MaskEdit): Promise<MaskEditResult> {
    return this.#meet(`edit ${edit.label}`, () => {
      if (edit.revision !== this.revision) throw new Error('changed elsewhere')
      const start = edit.base ? decodeRuns(edit.base.fame, SIZE.width * SIZE.height) : this.mask
      if (!start) throw new Error('no mask')
      const after = decodeRuns(xorRuns(encodeRuns(start), edit.change), start.length)
      const changes = unpackFrameChanges(edit.byFrame ?? null, SHAPE)
      const { mask, frames } = this
      const next = { mask: after, frames: changeFrames(frames, changes, SHAPE.pixels) }
      this.#done.push({ label: edit.label, before: { mask, frames }, after: next })
      this.#undone = []
      this.#set(next)
      return this.#open()
    })
  }

  undo(): Promise<OpenMask | null> {
    return this.#meet('undo', () => this.#move(this.#done, this.#undone, 'before'))
  }

  redo(): Promise<OpenMask | null> {
    return this.#meet('redo', () => this.#move(this.#undone, this.#done, 'after'))
  }

  decide(_window: ClipWindow, change: Partial<MaskDecision>): Promise<OpenMask | null> {
    return this.#meet('decide', () => {
      this.state = change.state ?? this.state
      this.revision += 1
      return this.#open()
    })
  }

  async #meet<T>(what: string, work: () => T): Promise<T> {
    this.log.push(what)
    const fate = this.fates.shift() ?? 'answer'
    await this.gate
    if (fate === 'refuse') throw new Error('The disk is full.')
    if (fate === 'lose before') throw new LostError()
    const result = work()
    if (fate === 'lose after') throw new LostError()
    return result
  }

  #move(from: Step[], to: Step[], side: 'before' | 'after'): OpenMask | null {
    const step = from.pop()
    if (!step) return null
    to.push(step)
    this.#set(step[side])
    return this.#open()
  }

  #set({ mask, frames }: Kept): void {
    this.mask = mask
    this.frames = frames
    this.state = mask ? 'corrected' : 'untouched'
    this.revision += 1
  }

  #open(): OpenMask {
    const { mask, state, revision } = this
    const runs = mask && encodeRuns(mask)
    return {
      window: {
        ...WINDOW,
        ...(mask ? SIZE : { width: null, height: null }),
        id: 1,
        state,
        notes: '',
        beta: null,
        edited: mask !== null,
        author: 'ada',
        changedAt: '2026-01-01T00:00:00Z',
        origin: mask ? ORIGIN : null,
        byFrame: this.frames.size > 0,
      },
      fame: runs,
      mask: runs,
      byFrame: packFrames(this.frames, SHAPE),
      history: {
        undo: this.#done.at(-1)?.label ?? null,
        redo: this.#undone.at(-1)?.label ?? null,
        revision,
      },
    }
  }
}

export class LostError extends Error {}
