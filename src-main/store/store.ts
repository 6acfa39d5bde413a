import type { Database } from 'better-sqlite3'
import { openDatabase, type DatabaseOptions } from './database.ts'
import { DatasetTable } from './datasets.ts'
import { EvaluationTable } from './evaluations.ts'
import { LibraryRows } from './library-rows.ts'
import { ListRevision } from './list-revision.ts'
import { MaskBatchTable } from './mask-batches.ts'
import { MaskBetaTable } from './mask-betas.ts'
import { MaskQueueTable } from './mask-queue.ts'
import { MaskTransferTable } from './mask-transfer.ts'
import { MaskTable } from './masks.ts'
import { MetricTable } from './metrics.ts'
import { PauseMarks } from './pause-marks.ts'
import { RowTransfer } from './row-transfer.ts'
import { RunTable } from './runs.ts'
import { SavedFilterTable } from './saved-filters.ts'
import { TagTable } from './tags.ts'
import { VideoTable } from './videos.ts'

/** Everything a project remembers in SQLite. All calls are synchronous and short. */
export class Store {
  readonly datasets: DatasetTable
  readonly videos: VideoTable
  readonly libraryRows: LibraryRows
  readonly tags: TagTable
  readonly savedFilters: SavedFilterTable
  readonly masks: MaskTable
  readonly maskBatches: MaskBatchTable
  readonly maskBetas: MaskBetaTable
  readonly maskQueue: MaskQueueTable
  readonly maskTransfer: MaskTransferTable
  readonly runs: RunTable
  readonly pauseMarks: PauseMarks
  readonly evaluations: EvaluationTable
  readonly transfer: RowTransfer
  readonly runMetrics: MetricTable
  readonly evaluationMetrics: MetricTable
  /** Tells whether a list of videos would still be written as before. */
  readonly listRevision: ListRevision
  private readonly db: Database

  /** @throws WorkbenchError as `openDatabase`. */
  constructor(file: string, options: DatabaseOptions = {}) {
    this.db = openDatabase(file, options)
    this.datasets = new DatasetTable(this.db)
    this.videos = new VideoTable(this.db)
    this.libraryRows = new LibraryRows(this.db)
    this.tags = new TagTable(this.db)
    this.savedFilters = new SavedFilterTable(this.db)
    this.masks = new MaskTable(this.db)
    this.maskBatches = new MaskBatchTable(this.db)
    this.maskBetas = new MaskBetaTable(this.db)
    this.maskQueue = new MaskQueueTable(this.db)
    this.maskTransfer = new MaskTransferTable(this.db)
    this.runs = new RunTable(this.db)
    this.pauseMarks = new PauseMarks(this.db)
    this.evaluations = new EvaluationTable(this.db)
    this.transfer = new RowTransfer(this.db)
    this.runMetrics = new MetricTable(this.db, 'run_metrics', {
      onFlush: (run, step) => this.runs.advance(run, step),
    })
    this.evaluationMetrics = new MetricTable(this.db, 'evaluation_metrics')
    this.listRevision = new ListRevision(this.db)
  }

  /** Commits what is held back and closes the file, on a full disk too. @throws SqliteError then. */
  close(): void {
    if (!this.db.open) return
    try {
      this.runMetrics.flush()
      this.evaluationMetrics.flush()
    } finally {
      this.db.close()
    }
  }
}
