import {
  fits,
  type ImportEvent,
  type ImportMasks,
  type ImportMode,
  type ImportRow,
} from '#shared/contract/mask-files.ts'
import type { ClipWindow, MaskBase, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { viewSettings } from '#shared/views/settings.ts'
import { unpackFrames } from '#shared/masks/frame-masks.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { Pieces } from '../base/async/pieces.ts'
import type { PackedBase } from '../store/mask-changes.ts'
import type { Adopted, DecideOptions } from '../store/masks.ts'
import type { Store } from '../store/store.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { RowFitter, type FittedRow } from './fit-rows.ts'
import { readApart, type ReadPiece } from './reading/read-in-worker.ts'
import type { PackedRecord } from './reading/reader-protocol.ts'

/** Windows taken in one commit; some need FAME's mask made first. */
const TOGETHER = 8
/** Bytes of packed masks taken in one commit: some milliseconds of the host's time. */
const BYTES_TOGETHER = 64 * 1024
/** Failures that are told one by one. */
const TOLD = 100
/** Time between two words of progress, in ms. */
const PROGRESS = 100

export interface ImportContext {
  store: Store
  author: string
  /** FAME's mask of a window at its video's size. */
  fameMask: (window: ClipWindow, origin: MaskOrigin, signal?: AbortSignal) => Promise<MaskBase>
  signal?: AbortSignal
}

/** `file` absolute, everything filled in. */
export type CompleteImport = Required<Omit<ImportMasks, 'datasetId'>> &
  Pick<ImportMasks, 'datasetId'>

/**
 * Reads a file of masks, in a process of its own, and reports for each row whether it fits; then,
 * where `mode` says so, reads it again and takes what fits, as one decision on many windows that
 * `undoBulk` takes back. Ends after `done`, or without it when `signal` aborts; what was taken by
 * then stays.
 * @throws WorkbenchError when the file is none of masks, or goes beyond what one may ask for
 */
export async function* importMasks(
  request: CompleteImport,
  context: ImportContext,
): AsyncGenerator<ImportEvent, void, undefined> {
  const job = new Import(request, context)
  yield* job.check()
  if (context.signal?.aborted) return
  if (job.isToBeTaken(request.mode)) yield* job.take()
  if (!context.signal?.aborted) yield job.done()
}

type Done = Extract<ImportEvent, { type: 'done' }>

class Import {
  private readonly request: CompleteImport
  private readonly context: ImportContext
  private readonly result: Done

  constructor(request: CompleteImport, context: ImportContext) {
    this.request = request
    this.context = context
    this.result = {
      type: 'done',
      format: 'coco',
      outcomes: {},
      rows: 0,
      misfits: 0,
      taken: 0,
      failed: [],
      failures: 0,
    }
  }

  /** Reports every row; changes nothing. */
  async *check(): AsyncGenerator<ImportEvent, void, undefined> {
    const { result } = this
    const progress = new Progress('checking', null)
    for await (const rows of this.rows()) {
      for (const { outcome } of rows) {
        result.rows++
        result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1
        if (!fits(outcome)) result.misfits++
      }
      yield { type: 'rows', rows: rows.map(reported) }
      yield* progress.at(result.rows)
    }
  }

  isToBeTaken(mode: ImportMode): boolean {
    return mode === 'fitting' || (mode === 'all' && this.result.misfits === 0)
  }

  /** Takes what fits and differs, some windows a commit. */
  async *take(): AsyncGenerator<ImportEvent, void, undefined> {
    const { maskBatches } = this.context.store
    const options = { label: 'import', author: this.context.author, batch: maskBatches.next() }
    const { new: fresh = 0, replaces = 0 } = this.result.outcomes
    const progress = new Progress('taking', fresh + replaces)
    let done = 0
    for await (const rows of this.rows()) {
      const changing = rows.filter(({ outcome }) => outcome === 'new' || outcome === 'replaces')
      for (const together of commits(changing)) {
        await this.write(together, options)
        done += together.length
        yield* progress.at(done)
      }
    }
  }

  done(): Done {
    return this.result
  }

  /** The file's rows in pieces, each compared with the project; ends when `signal` aborts. */
  private async *rows(): AsyncGenerator<FittedRow[], void, undefined> {
    const { context, result } = this
    const { file, format, unite, datasetId } = this.request
    const fitter = new RowFitter(context.store, datasetId)
    const pieces = new Pieces()
    for await (const piece of readApart({ file, format, unite }, context.signal)) {
      if (isFormat(piece)) {
        result.format = piece.format
        continue
      }
      const fitted: FittedRow[] = []
      for (const row of piece.rows) {
        fitted.push(fitter.fit(row))
        await pieces.pause()
        if (context.signal?.aborted) return
      }
      yield fitted
    }
  }

  private async write(rows: readonly FittedRow[], options: DecideOptions): Promise<void> {
    const prepared = await Promise.allSettled(rows.map((row) => adoptedOf(row, this.context)))
    if (this.context.signal?.aborted) return
    const ready: { where: string; adopted: Adopted }[] = []
    prepared.forEach((outcome, i) => {
      const { where } = rows[i]
      if (outcome.status === 'fulfilled') ready.push({ where, adopted: outcome.value })
      else this.fail(where, outcome.reason)
    })
    this.adopt(ready, options)
  }

  private adopt(
    ready: readonly { where: string; adopted: Adopted }[],
    options: DecideOptions,
  ): void {
    const { masks } = this.context.store
    try {
      const windows = ready.map(({ adopted }) => adopted)
      this.result.taken += masks.adopt(windows, options).length
    } catch (error) {
      // One that cannot be kept must not cost those beside it.
      if (ready.length > 1) for (const one of ready) this.adopt([one], options)
      else this.fail(ready[0].where, error)
    }
  }

  private fail(where: string, error: unknown): void {
    const { result } = this
    if (!(error instanceof WorkbenchError)) throw error
    result.failures++
    if (result.failed.length < TOLD) result.failed.push({ where, message: error.message })
  }
}

function isFormat(piece: ReadPiece): piece is Extract<ReadPiece, { format: unknown }> {
  return 'format' in piece
}

/** Rows in groups that are committed together. */
function* commits(rows: readonly FittedRow[]): Generator<FittedRow[], void, undefined> {
  let group: FittedRow[] = []
  let bytes = 0
  for (const row of rows) {
    group.push(row)
    const { mask, fame, byFrame } = row.record ?? {}
    bytes += (mask?.length ?? 0) + (fame?.length ?? 0) + (byFrame?.length ?? 0)
    if (group.length < TOGETHER && bytes < BYTES_TOGETHER) continue
    yield group
    group = []
    bytes = 0
  }
  if (group.length > 0) yield group
}

/** What a window becomes. FAME's mask is the file's, else what is kept, else it is made. */
async function adoptedOf({ window, record }: FittedRow, context: ImportContext): Promise<Adopted> {
  if (!window || !record) throw new Error('A row that does not fit cannot be imported.')
  const { state, notes, beta, mask, author, width, height } = record
  const shape = { frames: window.frames, pixels: (width ?? 0) * (height ?? 0) }
  const byFrame = unpackFrames(record.byFrame, shape)
  const adopted = { window, decision: { state, notes, beta }, mask, author, byFrame }
  return mask ? { ...adopted, base: await baseOf(window, record, context) } : adopted
}

async function baseOf(
  window: ClipWindow,
  { origin, fame, width, height }: PackedRecord,
  { store, fameMask, signal }: ImportContext,
): Promise<PackedBase> {
  if (fame && origin && width && height) return { origin, fame, width, height }
  const known = store.masks.get(window)
  const kept = known && store.maskTransfer.leaving(known.id)
  if (kept?.fame && kept.origin && kept.width && kept.height) {
    return { origin: kept.origin, fame: kept.fame, width: kept.width, height: kept.height }
  }
  const beta = store.maskBetas.betaFor(window)?.beta ?? viewSettings.beta.default
  const usual = { beta, variant: 'fame', adaptive: false, compensate: false } as const
  const origins = origin ?? { ...usual, size: viewSettings.size.default }
  const made = await fameMask(window, origins, signal)
  return { ...made, fame: packRuns(made.fame) }
}

/** Tells how far it is, ten times a second at most. */
class Progress {
  private readonly phase: 'checking' | 'taking'
  private readonly total: number | null
  private told = performance.now()

  constructor(phase: 'checking' | 'taking', total: number | null) {
    this.phase = phase
    this.total = total
  }

  *at(done: number): Generator<ImportEvent, void, undefined> {
    if (performance.now() - this.told < PROGRESS) return
    this.told = performance.now()
    yield { type: 'progress', phase: this.phase, done, total: this.total }
  }
}

/** What a report says of a row: all but its masks. */
function reported(row: FittedRow): ImportRow {
  const copy: ImportRow & Partial<FittedRow> = { ...row }
  delete copy.record
  return copy
}
