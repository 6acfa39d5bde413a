import type { Database, Statement } from 'better-sqlite3'
import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { WorkbenchError } from './workbench-error.ts'

/** Fields that are kept as JSON. */
type Parsed = 'config' | 'corrections' | 'maskUse'
type RunRow = Omit<Run, Parsed> & {
  config: string
  corrections: string | null
  maskUse: string | null
}

export type NewRun = Pick<Run, 'name' | 'config' | 'datasetId' | 'totalSteps'>

/** What changes in a run's life. Fields left out stay as they are. */
export type RunChange = Partial<
  Pick<
    Run,
    | 'status'
    | 'totalSteps'
    | 'startedAt'
    | 'finishedAt'
    | 'device'
    | 'error'
    | 'corrections'
    | 'maskUse'
  >
>

const COLUMNS = `id, name, status, config, dataset_id AS datasetId, step, total_steps AS totalSteps,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, device, error,
  corrections, mask_use AS maskUse`

/** What runs were made with that are older than these hyper-parameters. */
const WITHOUT_CORRECTIONS = { adaptiveBeta: false, compensateMotion: false, useCorrections: false }

/** Pretraining runs, oldest first. */
export class RunTable {
  private readonly selectAll: Statement<[], RunRow>
  private readonly selectStatus: Statement<[RunStatus], RunRow>
  private readonly selectOne: Statement<[number], RunRow>
  private readonly insert: Statement<
    [Omit<NewRun, 'config'> & { config: string; now: string }],
    number
  >
  private readonly update: Statement<[Omit<RunRow, 'config'>]>
  private readonly updateStep: Statement<[number, number]>

  constructor(db: Database) {
    this.selectAll = db.prepare(`SELECT ${COLUMNS} FROM runs ORDER BY id`)
    this.selectStatus = db.prepare(`SELECT ${COLUMNS} FROM runs WHERE status = ? ORDER BY id`)
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM runs WHERE id = ?`)
    this.insert = db
      .prepare<[Omit<NewRun, 'config'> & { config: string; now: string }], number>(
        `INSERT INTO runs (name, status, config, dataset_id, total_steps, created_at)
         VALUES (:name, 'queued', :config, :datasetId, :totalSteps, :now) RETURNING id`,
      )
      .pluck()
    this.update = db.prepare(
      `UPDATE runs SET status = :status, total_steps = :totalSteps, started_at = :startedAt, finished_at = :finishedAt,
         device = :device, error = :error, corrections = :corrections, mask_use = :maskUse
       WHERE id = :id`,
    )
    this.updateStep = db.prepare('UPDATE runs SET step = ? WHERE id = ?')
  }

  list(): Run[] {
    return this.selectAll.all().map(toRun)
  }

  withStatus(status: RunStatus): Run[] {
    return this.selectStatus.all(status).map(toRun)
  }

  /** @throws WorkbenchError when there is no such run. */
  get(id: number): Run {
    const row = this.selectOne.get(id)
    if (!row) throw new WorkbenchError(`There is no run ${id}. List the runs to see their numbers.`)
    return toRun(row)
  }

  /** Adds a run as `queued`. */
  add(run: NewRun): Run {
    const now = new Date().toISOString()
    return this.get(this.insert.get({ ...run, config: JSON.stringify(run.config), now })!)
  }

  change(id: number, change: RunChange): Run {
    const run = { ...this.get(id), ...change }
    const corrections = run.corrections && JSON.stringify(run.corrections)
    const maskUse = run.maskUse && JSON.stringify(run.maskUse)
    this.update.run({ ...run, corrections, maskUse })
    return this.get(id)
  }

  /** Optimiser steps done. */
  advance(id: number, step: number): void {
    this.updateStep.run(step, id)
  }
}

function toRun(row: RunRow): Run {
  return {
    ...row,
    config: { ...WITHOUT_CORRECTIONS, ...(JSON.parse(row.config) as Run['config']) },
    corrections: JSON.parse(row.corrections ?? 'null') as Run['corrections'],
    maskUse: JSON.parse(row.maskUse ?? 'null') as Run['maskUse'],
  }
}
