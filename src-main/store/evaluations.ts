import type { Database, Statement } from 'better-sqlite3'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { defaultSettings, type EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type { Evaluation, EvaluationDetail } from '#shared/contract/evaluations.ts'
import type { RunStatus } from '#shared/contract/runs.ts'
import { QueueEnd } from './queue-end.ts'
import { returnedRow } from './returned-row.ts'
import { Unwritten } from './unwritten.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

type EvaluationRow = Omit<Evaluation, 'result' | 'settings'> & {
  result: string | null
  settings: string
}

export type NewEvaluation = Pick<
  Evaluation,
  'runId' | 'runName' | 'datasetId' | 'protocol' | 'settings'
> &
  Partial<Pick<Evaluation, 'group'>> & {
    /** How the encoder is built. */
    config: PretrainConfig
    /** Where it stands in the queue; left out, at the end. */
    place?: number
  }

/** What changes in an evaluation's life. Fields left out stay as they are. */
export type EvaluationChange = Partial<
  Pick<Evaluation, 'status' | 'result' | 'finishedAt' | 'error'> & {
    detail: EvaluationDetail | null
  }
>

type InsertValues = Omit<NewEvaluation, 'config' | 'settings'> & {
  config: string
  settings: string
  group: string | null
  now: string
  place: number
}

const COLUMNS = `id, run_id AS runId, run_name AS runName, dataset_id AS datasetId, protocol, settings,
  split_group AS "group", status, result, created_at AS createdAt, finished_at AS finishedAt, error, place`

/** Evaluations, oldest first. */
export class EvaluationTable {
  private readonly db: Database
  private readonly selectAll: Statement<[], EvaluationRow>
  private readonly selectStatus: Statement<[RunStatus], EvaluationRow>
  private readonly selectOne: Statement<[number], EvaluationRow>
  private readonly selectEnded: Statement<[number], number>
  private readonly selectConfig: Statement<[number], string>
  private readonly selectDetail: Statement<[number], string | null>
  private readonly insert: Statement<[InsertValues], number>
  private readonly update: Statement<[EvaluationRow]>
  private readonly updateDetail: Statement<[{ id: number; detail: string | null }]>
  private readonly queueEnd: QueueEnd
  private readonly unwritten = new Unwritten<EvaluationChange>()

  constructor(db: Database) {
    this.db = db
    this.selectAll = db.prepare(`SELECT ${COLUMNS} FROM evaluations ORDER BY id`)
    this.selectStatus = db.prepare(
      `SELECT ${COLUMNS} FROM evaluations WHERE status = ? ORDER BY place, id`,
    )
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM evaluations WHERE id = ?`)
    this.selectEnded = db
      .prepare<[number], number>(
        'SELECT id FROM evaluations WHERE run_id = ? AND finished_at IS NOT NULL ORDER BY id',
      )
      .pluck()
    this.selectConfig = db
      .prepare<[number], string>('SELECT config FROM evaluations WHERE id = ?')
      .pluck()
    this.selectDetail = db
      .prepare<[number], string | null>('SELECT detail FROM evaluations WHERE id = ?')
      .pluck()
    this.insert = db
      .prepare<[InsertValues], number>(
        `INSERT INTO evaluations
           (run_id, run_name, dataset_id, protocol, config, settings, split_group, status, created_at,
            place)
         VALUES (:runId, :runName, :datasetId, :protocol, :config, :settings, :group, 'queued',
           :now, :place) RETURNING id`,
      )
      .pluck()
    this.update = db.prepare(
      `UPDATE evaluations SET status = :status, result = :result, finished_at = :finishedAt,
         error = :error WHERE id = :id`,
    )
    this.updateDetail = db.prepare('UPDATE evaluations SET detail = :detail WHERE id = :id')
    this.queueEnd = new QueueEnd(db)
  }

  list(): Evaluation[] {
    return this.selectAll.all().map((row) => this.shown(row))
  }

  withStatus(status: RunStatus): Evaluation[] {
    const stored = this.selectStatus.all(status).map((row) => this.shown(row))
    return stored.filter((evaluation) => evaluation.status === status)
  }

  /** @throws WorkbenchError when there is no such evaluation. */
  get(id: number): Evaluation {
    const row = this.selectOne.get(id)
    if (row) return this.shown(row)
    throw new WorkbenchError(
      `There is no evaluation ${id}. List the evaluations to see their numbers.`,
    )
  }

  /** Numbers of a run's evaluations that have ended, without their results, which take a while to parse. */
  endedOf(runId: number): number[] {
    return this.selectEnded.all(runId)
  }

  /** How its encoder is built. @throws WorkbenchError when there is no such evaluation. */
  config(id: number): PretrainConfig {
    this.get(id)
    return JSON.parse(this.selectConfig.get(id)!) as PretrainConfig
  }

  /** Null before there is a result. @throws WorkbenchError when there is no such evaluation. */
  detail(id: number): EvaluationDetail | null {
    this.get(id)
    const unwritten = this.unwritten.of(id)?.detail
    if (unwritten !== undefined) return unwritten
    const detail = this.selectDetail.get(id)
    return detail ? (JSON.parse(detail) as EvaluationDetail) : null
  }

  /** Adds an evaluation as `queued`. */
  add(evaluation: NewEvaluation): Evaluation {
    const { group = null } = evaluation
    const config = JSON.stringify(evaluation.config)
    const settings = JSON.stringify(evaluation.settings)
    const place = evaluation.place ?? this.queueEnd.next()
    const now = new Date().toISOString()
    const id = returnedRow(this.insert, { ...evaluation, config, settings, group, place, now })
    return this.get(id)
  }

  private shown(row: EvaluationRow): Evaluation {
    const unwritten = { ...this.unwritten.of(row.id) }
    // It is not part of the list.
    delete unwritten.detail
    return { ...toEvaluation(row), ...unwritten }
  }

  /** Shows a change that the disk has refused, until `change` stores it. */
  keep(id: number, change: EvaluationChange): void {
    this.unwritten.keep(id, change)
  }

  /** Whether something that is shown of an evaluation is not stored. */
  isUnwritten(id: number): boolean {
    return this.unwritten.has(id)
  }

  change(id: number, changes: EvaluationChange): Evaluation {
    const { detail, ...change } = { ...this.unwritten.of(id), ...changes }
    const row = { ...this.get(id), ...change }
    const settings = JSON.stringify(row.settings)
    const result = row.result && JSON.stringify(row.result)
    this.db.transaction(() => {
      this.update.run({ ...row, settings, result })
      if (detail === undefined) return
      this.updateDetail.run({ id, detail: detail && JSON.stringify(detail) })
    })()
    this.unwritten.settle(id)
    return this.get(id)
  }
}

function toEvaluation(row: EvaluationRow): Evaluation {
  const result = row.result === null ? null : (JSON.parse(row.result) as Evaluation['result'])
  return { ...row, settings: knownSettings(row), result }
}

/** A setting that has come since, or that nobody asked for, stands at its default. */
function knownSettings({ protocol, settings }: EvaluationRow): EvaluationSettings {
  return { ...defaultSettings(protocol), ...(JSON.parse(settings) as Partial<EvaluationSettings>) }
}
