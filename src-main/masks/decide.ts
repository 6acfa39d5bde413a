import { setImmediate as breathe } from 'node:timers/promises'
import type {
  ClipWindow,
  DecideEvent,
  DecideRequest,
  MaskBase,
  MaskDecision,
  MaskOrigin,
  UndoneBulk,
} from '#shared/contract/mask-windows.ts'
import type { Decided, DecideOptions, MaskTable } from '../store/masks.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** Windows a commit: a few ms, so that the host answers meanwhile. */
const PIECE = 50
/** The same where masks are made first, which takes longer. */
const MADE_PIECE = 8
/** Failures that are told one by one. */
const TOLD = 100

export interface DecideContext {
  masks: MaskTable
  author: string
  /** FAME's mask of a window at its video's size. */
  fameMask(window: ClipWindow, origin: MaskOrigin, signal?: AbortSignal): Promise<MaskBase>
  /** The beta that is set for a clip itself or for its class; null where none is. */
  setBeta(window: ClipWindow): number | null
  signal?: AbortSignal
}

/** Decides on windows, piece by piece; ends after `done`, or without it when `signal` aborts. */
export async function* decide(
  { windows, change, origin }: DecideRequest,
  context: DecideContext,
): AsyncGenerator<DecideEvent, void, undefined> {
  const { masks, author, signal } = context
  const bulk = new BulkDecision(change, context, windows.length > 1)
  const options: DecideOptions = { author, label: labelOf(change) }
  if (windows.length > 1) options.batch = masks.newBatch()
  const size = change.state === 'approved' ? MADE_PIECE : PIECE
  for (let at = 0; at < windows.length; at += size) {
    if (signal?.aborted) return
    const piece = windows.slice(at, at + size)
    const decided = change.state === 'approved' ? await bulk.withMasks(piece, origin) : piece
    if (signal?.aborted) return
    bulk.write(decided.map(asDecided), options)
    yield { type: 'progress', done: Math.min(at + size, windows.length), total: windows.length }
    await breathe()
  }
  const { changed, failures, failed } = bulk
  const result = windows.length === 1 ? masks.open(windows[0]) : null
  yield { type: 'done', changed, failures, failed, result }
}

/**
 * Undoes the last decision on many windows, where nothing newer stands; null when there is none, or
 * when `signal` aborts: the rest of it then stands.
 */
export async function undoBulk(
  masks: MaskTable,
  author: string,
  signal?: AbortSignal,
): Promise<UndoneBulk | null> {
  const last = masks.batch()
  if (!last) return null
  let undone = 0
  let kept = 0
  for (let after = 0; ;) {
    const piece = masks.ofBatch(last.batch, after, PIECE)
    if (piece.length === 0) break
    const free = piece.filter(({ latest }) => latest).map(({ id }) => id)
    masks.undoThese(free, author)
    undone += free.length
    kept += piece.length - free.length
    after = piece[piece.length - 1].id
    await breathe()
    if (signal?.aborted) return null
  }
  masks.dissolveBatch(last.batch)
  return { label: last.label, undone, kept }
}

class BulkDecision {
  changed = 0
  failures = 0
  readonly failed: { window: ClipWindow; message: string }[] = []
  private readonly change: Partial<MaskDecision>
  private readonly context: DecideContext
  private readonly isBulk: boolean

  /** @param isBulk of one clip the person sees the mask; of many, each is cut at the beta it has */
  constructor(change: Partial<MaskDecision>, context: DecideContext, isBulk: boolean) {
    this.change = change
    this.context = context
    this.isBulk = isBulk
  }

  /** FAME's mask for those that have none; those whose mask cannot be made are left out. */
  async withMasks(windows: readonly ClipWindow[], origin: MaskOrigin): Promise<Decided[]> {
    const { signal } = this.context
    const made = await Promise.allSettled(windows.map((window) => this.withMask(window, origin)))
    if (signal?.aborted) return []
    return made.flatMap((outcome, i) => {
      if (outcome.status === 'fulfilled') return outcome.value
      this.fail(windows[i], outcome.reason)
      return []
    })
  }

  private async withMask(window: ClipWindow, origin: MaskOrigin): Promise<Decided> {
    const { masks, fameMask, setBeta, signal } = this.context
    if (masks.get(window)?.origin) return { window }
    const beta = this.isBulk ? setBeta(window) : null
    const made = beta === null ? origin : { ...origin, beta, adaptive: false }
    return { window, base: await fameMask(window, made, signal) }
  }

  write(decided: readonly Decided[], options: DecideOptions): void {
    const { masks } = this.context
    try {
      this.changed += masks.decide(decided, this.change, options).length
    } catch (error) {
      if (decided.length > 1) for (const one of decided) this.write([one], options)
      else this.fail(decided[0].window, error)
    }
  }

  private fail(window: ClipWindow, error: unknown): void {
    if (!(error instanceof WorkbenchError)) throw error
    this.failures++
    if (this.failed.length < TOLD) this.failed.push({ window, message: error.message })
  }
}

function asDecided(item: ClipWindow | Decided): Decided {
  return 'window' in item ? item : { window: item }
}

const STATE_LABELS = {
  approved: 'approve',
  rejected: 'reject',
  corrected: 'mark as corrected',
  untouched: 'take back the decision',
} as const

function labelOf({ state, beta, notes }: Partial<MaskDecision>): string {
  if (state) return STATE_LABELS[state]
  if (beta !== undefined) return beta === null ? 'clear beta' : `beta ${beta}`
  return notes === undefined ? 'decide' : 'notes'
}
