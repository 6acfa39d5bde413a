import { setImmediate as breathe } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { IndexedVideo, KnownVideo, Placement } from '../store/video-rows.ts'

/** Rows a commit: a few ms, so that the host answers meanwhile. */
const BATCH = 50
/** Time that rows wait for a full batch, in ms: what a killed host loses at most. */
const BATCH_WAIT = 1000
const VANISHED = 'The file no longer exists. Put it back and index the folder again.'

/** Collects rows of a data set and writes them in small commits. */
export class IndexBatch {
  private readonly store: Store
  private readonly datasetId: number
  private rows: IndexedVideo[] = []
  private places: Placement[] = []
  private written = Date.now()

  constructor(store: Store, datasetId: number) {
    this.store = store
    this.datasetId = datasetId
  }

  /** A row that is new, changed or moved. */
  add(row: IndexedVideo): void {
    this.rows.push(row)
  }

  /** An unchanged file that belongs to another class or split now. */
  place(placement: Placement): void {
    this.places.push(placement)
  }

  writeWhenDue(): void {
    const full = this.rows.length >= BATCH || this.places.length >= BATCH
    if (full || Date.now() - this.written >= BATCH_WAIT) this.write()
  }

  write(): void {
    const { videos } = this.store
    if (this.rows.length > 0) videos.write(this.datasetId, this.rows)
    if (this.places.length > 0) videos.writePlaces(this.datasetId, this.places)
    this.rows = []
    this.places = []
    this.written = Date.now()
  }

  /** Rows whose files are gone stay, since work may hang on them, and say so. */
  async markVanished(rows: readonly KnownVideo[]): Promise<void> {
    for (let from = 0; from < rows.length; from += BATCH) {
      const ids = rows.slice(from, from + BATCH).map(({ id }) => id)
      this.store.videos.writeLost(ids, VANISHED)
      await breathe()
    }
  }
}
