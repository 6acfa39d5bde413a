import {
  fits,
  type ImportEvent,
  type ImportMasks,
  type ImportMode,
  type ImportRow,
  type MaskFileFormat,
} from '#shared/contract/mask-files.ts'
import type { ClipWindow, MaskBase, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { hyperParameters } from '#shared/config/hyper-parameters.ts'
import { Pieces } from '../library/pieces.ts'
import type { Adopted, DecideOptions } from '../store/masks.ts'
import type { Store } from '../store/store.ts'
import { WorkbenchError } from '../store/workbench-error.ts'
import { RowFitter, type FittedRow } from './fit-rows.ts'
import { maskFormat, recogniseFormat } from './formats/formats.ts'
import type { MaskFormat, MaskRecord } from './formats/record.ts'

/** Rows told at a time. */
const PIECE = 50
/** Windows taken in one commit; some need FAME's mask made first. */
const TOGETHER = 8
/** Failures that are told one by one. */
const TOLD = 100
/** Time between two words of progress, in ms. */
const PROGRESS = 100

export interface ImportContext {
  store: Store
  author: string
  /** FAME's mask of a window at its video's size. */
  fameMask(window: ClipWindow, origin: MaskOrigin, signal?: AbortSignal): Promise<MaskBase>
  signal?: AbortSignal
}

/** `file` absolute, everything filled in. */
export type CompleteImport = Required<Omit<ImportMasks, 'datasetId'>> &
  Pick<ImportMasks, 'datasetId'>

/**
 * Reads a file of masks whole and tells row by row what fits; then, where `mode` says so, reads it
 * again and takes what fits, as one decision on many windows that `undoBulk` takes back. Ends after
 * `done`, or without it when `signal` aborts; what is taken by then stays.
 * @throws WorkbenchError when the file is none of masks
 */
export async function* importMasks(
  request: CompleteImport,
  context: ImportContext,
): AsyncGenerator<ImportEvent, void, undefined> {
  const name = request.format === 'auto' ? await recogniseFormat(request.file) : request.format
  const job = new Import(name, await maskFormat(name), request, context)
  yield* job.check()
  if (context.signal?.aborted) return
  if (job.isToBeTaken(request.mode)) yield* job.take()
  if (!context.signal?.aborted) yield job.done()
}

type Done = Extract<ImportEvent, { type: 'done' }>

class Import {
  private readonly context: ImportContext
  private readonly rows: () => AsyncGenerator<FittedRow, void, undefined>
  private readonly result: Done

  constructor(
    name: MaskFileFormat,
    format: MaskFormat,
    request: CompleteImport,
    context: ImportContext,
  ) {
    this.context = context
    this.rows = () => fittedRows(format, request, context)
    this.result = {
      ...{ type: 'done', format: name, outcomes: {}, rows: 0, misfits: 0 },
      ...{ taken: 0, failed: [], failures: 0 },
    }
  }

  /** Tells every row; changes nothing. */
  async *check(): AsyncGenerator<ImportEvent, void, undefined> {
    const { result } = this
    const progress = new Progress('checking', null)
    let rows: ImportRow[] = []
    for await (const { where, outcome, path, window, message } of this.rows()) {
      result.rows++
      result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1
      if (!fits(outcome)) result.misfits++
      rows.push({ where, outcome, path, window, message })
      if (rows.length === PIECE) {
        yield { type: 'rows', rows }
        rows = []
      }
      yield* progress.at(result.rows)
    }
    if (rows.length > 0) yield { type: 'rows', rows }
  }

  isToBeTaken(mode: ImportMode): boolean {
    return mode === 'fitting' || (mode === 'all' && this.result.misfits === 0)
  }

  /** Takes what fits and differs, some windows a commit. */
  async *take(): AsyncGenerator<ImportEvent, void, undefined> {
    const { masks } = this.context.store
    const options = { label: 'import', author: this.context.author, batch: masks.newBatch() }
    const { new: fresh = 0, replaces = 0 } = this.result.outcomes
    const progress = new Progress('taking', fresh + replaces)
    let waiting: FittedRow[] = []
    let done = 0
    for await (const row of this.rows()) {
      if (row.outcome !== 'new' && row.outcome !== 'replaces') continue
      waiting.push(row)
      if (waiting.length < TOGETHER) continue
      await this.write(waiting, options)
      done += waiting.length
      waiting = []
      yield* progress.at(done)
    }
    await this.write(waiting, options)
  }

  done(): Done {
    return this.result
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

/** The rows of the file, each held against the project; ends when `signal` aborts. */
async function* fittedRows(
  format: MaskFormat,
  { file, datasetId }: CompleteImport,
  { store, signal }: ImportContext,
): AsyncGenerator<FittedRow, void, undefined> {
  const fitter = new RowFitter(store, datasetId)
  const pieces = new Pieces()
  for await (const row of format.read(file)) {
    if (signal?.aborted) return
    yield fitter.fit(row)
    await pieces.pause()
  }
}

/** What a window becomes. FAME's mask is the file's, else what is kept, else it is made. */
async function adoptedOf({ window, record }: FittedRow, context: ImportContext): Promise<Adopted> {
  if (!window || !record) throw new Error('A row that does not fit cannot be taken.')
  const { state, notes, beta, mask, author } = record
  const adopted = { window, decision: { state, notes, beta }, mask, author }
  return mask ? { ...adopted, base: await baseOf(window, record, context) } : adopted
}

async function baseOf(
  window: ClipWindow,
  { origin, fame, width, height }: MaskRecord,
  { store, fameMask, signal }: ImportContext,
): Promise<MaskBase> {
  if (fame && origin && width && height) return { origin, fame, width, height }
  const kept = store.masks.open(window)
  const known = kept?.window
  if (kept?.fame && known?.origin && known.width && known.height) {
    return { origin: known.origin, fame: kept.fame, width: known.width, height: known.height }
  }
  const beta = store.maskBetas.betaFor(window)?.beta ?? hyperParameters.beta.default
  const usual = { beta, variant: 'fame', adaptive: false, compensate: false } as const
  const made = origin ?? { ...usual, size: hyperParameters.size.default }
  return await fameMask(window, made, signal)
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
