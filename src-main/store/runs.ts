import type { Database, Statement } from 'better-sqlite3'
import { storedConfig } from '#shared/config/old-settings.ts'
import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { QueueEnd } from './queue-end.ts'
import { returnedRow } from './returned-row.ts'
import { Unwritten } from './unwritten.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** Fields that are kept as JSON, and yes or no as 1 or 0. */
type Nullable = 'corrections' | 'maskUse' | 'madeWith' | 'imported'
type Parsed = Nullable | 'config' | 'tags' | 'chain'
type Flag = 'starred' | 'archived'
type RunRow = Omit<Run, Parsed | Flag> &
  Record<Exclude<Parsed, Nullable>, string> &
  Record<Nullable, string | null> &
  Record<Flag, 0 | 1>

export type NewRun = Pick<Run, 'name' | 'config' | 'datasetId' | 'totalSteps'> &
  Partial<Pick<Run, 'chain' | 'sweep' | 'tags' | 'status'>>

/** What changes in a run's life. Fields left out stay as they are. */
export type RunChange = Partial<Omit<Run, 'id' | 'config' | 'datasetId' | 'createdAt' | 'step'>>

const COLUMNS = `id, name, status, config, dataset_id AS datasetId, step, total_steps AS totalSteps,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, device, error,
  corrections, mask_use AS maskUse, notes, tags, starred, archived, trashed_at AS trashedAt, place,
  chain, sweep, made_with AS madeWith, imported`

/** Pretraining runs, oldest first. */
export class RunTable {
  private readonly selectAll: Statement<[], RunRow>
  private readonly selectStatus: Statement<[RunStatus], RunRow>
  private readonly selectOne: Statement<[number], RunRow>
  private readonly selectOverview: Statement<[], { count: number; last: number | null }>
  private readonly insert: Statement<[object], number>
  private readonly update: Statement<[RunRow]>
  private readonly updateStep: Statement<[number, number]>
  private readonly updatePlaces: (places: readonly Pick<Run, 'id' | 'place'>[]) => void
  private readonly remove: Statement<[number]>
  private readonly queueEnd: QueueEnd
  private readonly unwritten = new Unwritten<RunChange>()

  private readonly setLastNumber: (last: number) => void

  constructor(db: Database) {
    this.setLastNumber = db.transaction((last: number) => {
      db.prepare("DELETE FROM sqlite_sequence WHERE name = 'runs'").run()
      db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', ?)").run(last)
    })
    this.selectAll = db.prepare(`SELECT ${COLUMNS} FROM runs ORDER BY id`)
    this.selectStatus = db.prepare(
      `SELECT ${COLUMNS} FROM runs WHERE status = ? ORDER BY place, id`,
    )
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM runs WHERE id = ?`)
    this.selectOverview = db.prepare(
      'SELECT count(*) AS count, max(id) AS last FROM runs WHERE trashed_at IS NULL',
    )
    this.insert = db
      .prepare<[object], number>(
        `INSERT INTO runs (name, status, config, dataset_id, total_steps, created_at, place, chain,
           sweep, tags)
         VALUES (:name, :status, :config, :datasetId, :totalSteps, :now, :place, :chain,
           :sweep, :tags) RETURNING id`,
      )
      .pluck()
    this.update = db.prepare(
      `UPDATE runs SET name = :name, status = :status, total_steps = :totalSteps,
         started_at = :startedAt, finished_at = :finishedAt, device = :device, error = :error,
         corrections = :corrections, mask_use = :maskUse, notes = :notes, tags = :tags,
         starred = :starred, archived = :archived, trashed_at = :trashedAt, place = :place,
         chain = :chain, sweep = :sweep, made_with = :madeWith, imported = :imported
       WHERE id = :id`,
    )
    this.updateStep = db.prepare('UPDATE runs SET step = ? WHERE id = ?')
    const updatePlace = db.prepare<[number, number]>('UPDATE runs SET place = ? WHERE id = ?')
    this.updatePlaces = db.transaction((places: readonly { id: number; place: number }[]) => {
      for (const { id, place } of places) updatePlace.run(place, id)
    })
    this.remove = db.prepare('DELETE FROM runs WHERE id = ?')
    this.queueEnd = new QueueEnd(db)
  }

  /**
   * Has the first run of a project get this number, so that runs of several projects differ in it.
   * @throws WorkbenchError where the project has runs
   */
  numberFrom(first: number): void {
    if (this.list().length > 0) {
      throw new WorkbenchError('This project has runs already: their numbers stay as they are.')
    }
    this.setLastNumber(first - 1)
  }

  /** All runs, those in the trash too. */
  list(): Run[] {
    return this.selectAll.all().map((row) => this.shown(row))
  }

  /** In the order of the queue. */
  withStatus(status: RunStatus): Run[] {
    const stored = this.selectStatus.all(status).map((row) => this.shown(row))
    return stored.filter((run) => run.status === status)
  }

  /** How many runs there are outside the trash, and the newest of them. */
  overview(): { count: number; last: Run | null } {
    const { count, last } = this.selectOverview.get()!
    return { count, last: last === null ? null : this.get(last) }
  }

  /** @throws WorkbenchError when there is no such run. */
  get(id: number): Run {
    const row = this.selectOne.get(id)
    if (!row) throw new WorkbenchError(`There is no run ${id}. List the runs to see their numbers.`)
    return this.shown(row)
  }

  private shown(row: RunRow): Run {
    return { ...toRun(row), ...this.unwritten.of(row.id) }
  }

  /** Adds a run at the end of the queue, `queued` unless it says otherwise. */
  add(run: NewRun): Run {
    const { name, config, datasetId, totalSteps, chain = [], sweep = null, tags = [] } = run
    const id = returnedRow(this.insert, {
      name,
      status: run.status ?? 'queued',
      config: JSON.stringify(config),
      datasetId,
      totalSteps,
      now: new Date().toISOString(),
      place: this.endOfQueue(),
      chain: JSON.stringify(chain),
      sweep,
      tags: JSON.stringify(tags),
    })
    return this.get(id)
  }

  change(id: number, change: RunChange): Run {
    this.update.run(toRow({ ...this.get(id), ...change }))
    this.unwritten.settle(id)
    return this.get(id)
  }

  /** Shows a change that the disk has refused, until `change` stores it. */
  keep(id: number, change: RunChange): void {
    this.unwritten.keep(id, change)
  }

  /** Whether something that is shown of a run is not stored. */
  isUnwritten(id: number): boolean {
    return this.unwritten.has(id)
  }

  /** A place behind everything that was ever queued. */
  endOfQueue(): number {
    return this.queueEnd.next()
  }

  /** Gives runs other places in the queue, all or none. */
  place(places: readonly Pick<Run, 'id' | 'place'>[]): void {
    this.updatePlaces(places)
  }

  /** Optimiser steps done. */
  advance(id: number, step: number): void {
    this.updateStep.run(step, id)
  }

  /** Takes a run out for good, with its metrics and evaluations. */
  delete(id: number): void {
    this.remove.run(id)
  }
}

function toRow(run: Run): RunRow {
  return {
    ...run,
    config: JSON.stringify(run.config),
    corrections: run.corrections && JSON.stringify(run.corrections),
    maskUse: run.maskUse && JSON.stringify(run.maskUse),
    madeWith: run.madeWith && JSON.stringify(run.madeWith),
    imported: run.imported && JSON.stringify(run.imported),
    tags: JSON.stringify(run.tags),
    chain: JSON.stringify(run.chain),
    starred: run.starred ? 1 : 0,
    archived: run.archived ? 1 : 0,
  }
}

function toRun(row: RunRow): Run {
  return {
    ...row,
    config: storedConfig(JSON.parse(row.config) as Record<string, unknown>),
    corrections: JSON.parse(row.corrections ?? 'null') as Run['corrections'],
    maskUse: JSON.parse(row.maskUse ?? 'null') as Run['maskUse'],
    madeWith: JSON.parse(row.madeWith ?? 'null') as Run['madeWith'],
    imported: JSON.parse(row.imported ?? 'null') as Run['imported'],
    tags: JSON.parse(row.tags) as Run['tags'],
    chain: JSON.parse(row.chain) as Run['chain'],
    starred: row.starred === 1,
    archived: row.archived === 1,
  }
}
