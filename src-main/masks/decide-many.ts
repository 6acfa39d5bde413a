import { setImmediate as breathe } from 'node:timers/promises'
import type {
  ClipWindow,
  DecideEvent,
  DecideManyRequest,
  MaskDecision,
  MaskOrigin,
  UndoneBulk,
} from '#shared/contract/mask-windows.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { MaskBatchTable } from '../store/mask-batches.ts'
import type { Decided, DecideOptions } from '../store/masks.ts'
import type { Store } from '../store/store.ts'
import { labelOf, type DecideContext } from './decide.ts'

/** Windows a commit: a few ms, so that the host answers meanwhile. */
const PIECE = 50
/** The same where masks are made first, which takes longer. */
const MADE_PIECE = 8
/** Failures that are told one by one. */
const TOLD = 100

export interface DecideManyContext extends DecideContext {
  batches: MaskBatchTable
  /** The beta that is set for a clip itself or for its class; null where none is. */
  setBeta: (window: ClipWindow) => number | null
}

/** Decides on windows, piece by piece; ends after `done`, or without it when `signal` aborts. */
export async function* decideMany(
  { windows, change, origin }: DecideManyRequest,
  context: DecideManyContext,
): AsyncGenerator<DecideEvent, void, undefined> {
  const { batches, author, signal } = context
  const bulk = new BulkDecision(change, context, windows.length > 1)
  const options: DecideOptions = { author, label: labelOf(change) }
  if (windows.length > 1) options.batch = batches.next()
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
  yield { type: 'done', changed, failures, failed }
}

/**
 * Undoes the last decision on many windows, where nothing newer stands; null when there is none, or
 * when `signal` aborts: the rest of it then stands.
 */
export async function undoBulk(
  { masks, maskBatches }: Store,
  author: string,
  signal?: AbortSignal,
): Promise<UndoneBulk | null> {
  const last = maskBatches.newest()
  if (!last) return null
  let undone = 0
  let kept = 0
  for (let after = 0; ;) {
    const piece = maskBatches.windowsOf(last.batch, after, PIECE)
    if (piece.length === 0) break
    const free = piece.filter(({ latest }) => latest).map(({ id }) => id)
    masks.undoThese(free, author)
    undone += free.length
    kept += piece.length - free.length
    after = piece[piece.length - 1].id
    await breathe()
    if (signal?.aborted) return null
  }
  maskBatches.dissolve(last.batch)
  return { label: last.label, undone, kept }
}

class BulkDecision {
  changed = 0
  failures = 0
  readonly failed: { window: ClipWindow; message: string }[] = []
  private readonly change: Partial<MaskDecision>
  private readonly context: DecideManyContext
  private readonly isBulk: boolean

  /** @param isBulk of one clip the person sees the mask; of many, each is cut at the beta it has */
  constructor(change: Partial<MaskDecision>, context: DecideManyContext, isBulk: boolean) {
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
