import type { Database, Statement } from 'better-sqlite3'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { RunStatus } from '#shared/contract/runs.ts'
import { QueueEnd } from './queue-end.ts'
import { WorkbenchError } from './workbench-error.ts'

type EvaluationRow = Omit<Evaluation, 'result'> & { result: string | null }

/** How the encoder is built and how many clips of a video it sees. */
export interface EvaluationSetting {
  config: PretrainConfig
  clips: number
}

export type NewEvaluation = EvaluationSetting &
  Pick<Evaluation, 'runId' | 'runName' | 'datasetId' | 'protocol'> & {
    /** Where it stands in the queue; left out, at the end. */
    place?: number
  }

/** What changes in an evaluation's life. Fields left out stay as they are. */
export type EvaluationChange = Partial<
  Pick<Evaluation, 'status' | 'result' | 'finishedAt' | 'error'>
>

type InsertValues = Omit<NewEvaluation, 'config'> & { config: string; now: string; place: number }

const COLUMNS = `id, run_id AS runId, run_name AS runName, dataset_id AS datasetId, protocol, status,
  result, created_at AS createdAt, finished_at AS finishedAt, error, place`

/** Evaluations, oldest first. */
export class EvaluationTable {
  private readonly selectAll: Statement<[], EvaluationRow>
  private readonly selectStatus: Statement<[RunStatus], EvaluationRow>
  private readonly selectOne: Statement<[number], EvaluationRow>
  private readonly selectSetting: Statement<[number], { config: string; clips: number }>
  private readonly insert: Statement<[InsertValues], number>
  private readonly update: Statement<[EvaluationRow]>
  private readonly queueEnd: QueueEnd

  constructor(db: Database) {
    this.selectAll = db.prepare(`SELECT ${COLUMNS} FROM evaluations ORDER BY id`)
    this.selectStatus = db.prepare(
      `SELECT ${COLUMNS} FROM evaluations WHERE status = ? ORDER BY place, id`,
    )
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM evaluations WHERE id = ?`)
    this.selectSetting = db.prepare('SELECT config, clips FROM evaluations WHERE id = ?')
    this.insert = db
      .prepare<[InsertValues], number>(
        `INSERT INTO evaluations
           (run_id, run_name, dataset_id, protocol, config, clips, status, created_at, place)
         VALUES (:runId, :runName, :datasetId, :protocol, :config, :clips, 'queued', :now,
           :place) RETURNING id`,
      )
      .pluck()
    this.update = db.prepare(
      `UPDATE evaluations SET status = :status, result = :result, finished_at = :finishedAt,
         error = :error WHERE id = :id`,
    )
    this.queueEnd = new QueueEnd(db)
  }

  list(): Evaluation[] {
    return this.selectAll.all().map(toEvaluation)
  }

  withStatus(status: RunStatus): Evaluation[] {
    return this.selectStatus.all(status).map(toEvaluation)
  }

  /** @throws WorkbenchError when there is no such evaluation. */
  get(id: number): Evaluation {
    const row = this.selectOne.get(id)
    if (row) return toEvaluation(row)
    throw new WorkbenchError(
      `There is no evaluation ${id}. List the evaluations to see their numbers.`,
    )
  }

  /** @throws WorkbenchError when there is no such evaluation. */
  setting(id: number): EvaluationSetting {
    this.get(id)
    const { config, clips } = this.selectSetting.get(id)!
    return { config: JSON.parse(config) as PretrainConfig, clips }
  }

  /** Adds an evaluation as `queued`. */
  add(evaluation: NewEvaluation): Evaluation {
    const config = JSON.stringify(evaluation.config)
    const place = evaluation.place ?? this.queueEnd.next()
    const now = new Date().toISOString()
    const id = this.insert.get({ ...evaluation, config, place, now })!
    return this.get(id)
  }

  change(id: number, change: EvaluationChange): Evaluation {
    const row = { ...this.get(id), ...change }
    this.update.run({ ...row, result: row.result && JSON.stringify(row.result) })
    return this.get(id)
  }
}

function toEvaluation(row: EvaluationRow): Evaluation {
  const result = row.result === null ? null : (JSON.parse(row.result) as Evaluation['result'])
  return { ...row, result }
}
