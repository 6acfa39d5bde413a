import type {
  ClipWindow,
  MaskBase,
  MaskDecision,
  MaskEdit,
  MaskEditResult,
  MaskOrigin,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import { encodeRuns, xorRuns } from '#shared/masks/runs.ts'

/** The part of the host that keeps masks. */
export interface MaskService {
  /** Null where nothing was ever kept. */
  window(window: ClipWindow): Promise<OpenMask | null>
  edit(edit: MaskEdit): Promise<MaskEditResult>
  /** Null where there is no such step. */
  undo(window: ClipWindow): Promise<OpenMask | null>
  redo(window: ClipWindow): Promise<OpenMask | null>
  /** The window as it is then. */
  decide(
    window: ClipWindow,
    change: Partial<MaskDecision>,
    origin: MaskOrigin,
  ): Promise<OpenMask | null>
}

/** One window while somebody corrects it. */
export interface EditSession {
  readonly window: ClipWindow
  /** What the host last said; the next edit is made on it. */
  revision: number
  /** The mask of the clip with every edit that was sent or waits, [pixels] of 0 and 1. */
  pixels(): Uint8Array
  /** The masks of its frames likewise, as `packFrames` gives them. */
  byFrame(): Uint8Array | null
  /** An answer of the host, in the order of what was asked. */
  onSaved(result: MaskEditResult): void
}

export interface Stroke {
  label: string
  /** Run lengths of the pixels that change, of `base` where there is one. */
  change: number[]
  base?: MaskBase
  /** What changes of masks by frame, as `packFrameChanges` gives it. */
  byFrame?: Uint8Array
  /** The same of the mask that was shown before. */
  turned: number[]
}

interface Job {
  session: EditSession
  /** Pixels that it turns, where that is known beforehand. */
  turned?: number[]
  send: () => Promise<void>
  /** After an answer that was lost: whether the host has done it. */
  isDone: () => Promise<boolean>
  drop: () => void
}

export interface WriterOptions {
  service: MaskService
  /** Whether an answer was lost with the connection, so that nobody knows what became of the request. */
  isLost: (error: unknown) => boolean
  onChange: () => void
}

/**
 * Sends what a person does to masks, in order and one at a time, so that each stroke is on disk
 * before the next is sent. What cannot be sent waits: for the connection by itself, after a refusal
 * for somebody to try again or to give up.
 */
export class MaskWriter {
  /** Why the first that waits was refused. */
  failure: unknown = null
  readonly #options: WriterOptions
  #jobs: Job[] = []
  #isRunning = false

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Edits that are not on disk yet. */
  get unsaved(): number {
    return this.#jobs.length
  }

  edit(session: EditSession, { turned, ...stroke }: Stroke): void {
    const { service } = this.#options
    const { window } = session
    this.#push({
      session,
      turned,
      async send() {
        const { revision } = session
        take(session, await service.edit({ window, revision, ...stroke }))
      },
      isDone: () => this.#hasArrived(session),
      drop: () => undefined,
    })
  }

  /** Undoes or redoes a step: the window as it is then; null where there was none, or it was given up. */
  step(session: EditSession, way: 'undo' | 'redo'): Promise<OpenMask | null> {
    const { service } = this.#options
    return this.#ask(
      session,
      () => service[way](session.window),
      async () => {
        const now = await service.window(session.window)
        return now?.history.revision === session.revision ? null : now
      },
    )
  }

  /** Decides on a window; null where it was given up. */
  decide(
    session: EditSession,
    change: Partial<MaskDecision>,
    origin: MaskOrigin,
  ): Promise<OpenMask | null> {
    const { service } = this.#options
    const send = () => service.decide(session.window, change, origin)
    return this.#ask(session, send, () => Promise.resolve(null))
  }

  /** What waits for a session. */
  unsavedOf(session: EditSession): number {
    return this.#jobs.filter((job) => job.session === session).length
  }

  /** Sends again what was refused. */
  retry(): void {
    this.failure = null
    void this.#run()
  }

  /** Forgets everything that waits for the window whose request is the next; returns its session. */
  giveUp(): EditSession | null {
    const session = this.#jobs[0]?.session ?? null
    const dropped = this.#jobs.filter((job) => job.session === session)
    this.#jobs = this.#jobs.filter((job) => job.session !== session)
    for (const { drop } of dropped) drop()
    this.retry()
    return session
  }

  /** @param find what the host has made of it already, after an answer that was lost */
  #ask(
    session: EditSession,
    send: () => Promise<OpenMask | null>,
    find: () => Promise<OpenMask | null>,
  ): Promise<OpenMask | null> {
    return new Promise((resolve) => {
      const finish = (result: OpenMask | null) => {
        if (result) take(session, result)
        resolve(result)
        return result !== null
      }
      this.#push({
        session,
        send: async () => void finish(await send()),
        isDone: async () => {
          const found = await find()
          return found !== null && finish(found)
        },
        drop: () => resolve(null),
      })
    })
  }

  #push(job: Job): void {
    this.#jobs.push(job)
    this.#options.onChange()
    void this.#run()
  }

  async #run(): Promise<void> {
    if (this.#isRunning || this.failure !== null) return
    this.#isRunning = true
    for (let job = this.#jobs[0]; job && this.failure === null; job = this.#jobs[0]) {
      await this.#do(job)
    }
    this.#isRunning = false
    this.#options.onChange()
  }

  async #do(job: Job): Promise<void> {
    try {
      await this.#deliver(job)
      this.#jobs = this.#jobs.filter((other) => other !== job)
    } catch (error) {
      this.failure = error
    }
    this.#options.onChange()
  }

  async #deliver(job: Job): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        if (!isFirst && (await job.isDone())) return
        return await job.send()
      } catch (error) {
        if (!this.#options.isLost(error)) throw error
      }
    }
  }

  /** Whether the edit in front has reached the host, and nothing else has changed there. */
  async #hasArrived(session: EditSession): Promise<boolean> {
    const now = await this.#options.service.window(session.window)
    if ((now?.history.revision ?? 0) === session.revision) return false
    const own = this.#jobs.filter((job) => job.session === session)
    const later = own.slice(1).flatMap(({ turned }) => (turned ? [turned] : []))
    const expected = later.reduce(xorRuns, encodeRuns(session.pixels()))
    const isOther = own.length === 1 && !isSameBytes(now?.byFrame ?? null, session.byFrame())
    if (!now?.mask || !isSame(now.mask, expected) || isOther) {
      throw new Error('This mask has been changed elsewhere. Reload it to continue.')
    }
    take(session, now)
    return true
  }
}

function take(session: EditSession, result: MaskEditResult): void {
  session.revision = result.history.revision
  session.onSaved(result)
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : isSame([...a], [...b])
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((run, i) => run === b[i])
}
