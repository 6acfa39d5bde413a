import type { Database, Statement } from 'better-sqlite3'
import { storedConfig } from '#shared/config/old-settings.ts'
import { completeConfig, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { storedSettings, type EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type {
  Evaluation,
  EvaluationDetail,
  EvaluationResult,
  MeasuredDetail,
  MeasuredResult,
} from '#shared/contract/evaluations.ts'
import { DEFAULT_METHOD } from '#shared/methods/index.ts'
import { streamLabels, streamsOf } from '#shared/methods/streams.ts'
import type { RunStatus } from '#shared/contract/runs.ts'
import { QueueEnd } from './queue-end.ts'
import { returnedRow } from './returned-row.ts'
import { Unwritten } from './unwritten.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

type EvaluationRow = Omit<Evaluation, 'result' | 'settings' | 'training'> & {
  /** Without the names of the classes, which of many evaluations take a while to parse and to send. */
  result: string | null
  classCount: number | null
  settings: string
  /** As JSON. */
  training: string
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
  Pick<Evaluation, 'status' | 'finishedAt' | 'error'> & {
    result: MeasuredResult | null
    detail: MeasuredDetail | null
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
  split_group AS "group", status, json_remove(result, '$.classes') AS result,
  json_array_length(result, '$.classes') AS classCount,
  json_object('cropScaleMin', config -> '$.cropScaleMin',
    'cropScaleMax', config -> '$.cropScaleMax', 'flip', config -> '$.flip',
    'variant', config -> '$.variant', 'beta', config -> '$.beta',
    'method', config -> '$.method', 'modality', config -> '$.modality') AS training, created_at AS createdAt, finished_at AS finishedAt, error, place`

/** Evaluations, oldest first. */
export class EvaluationTable {
  private readonly db: Database
  private readonly selectAll: Statement<[], EvaluationRow>
  private readonly selectStatus: Statement<[RunStatus], EvaluationRow>
  private readonly selectOne: Statement<[number], EvaluationRow>
  private readonly selectEnded: Statement<[number], number>
  private readonly selectConfig: Statement<[number], string>
  private readonly selectDetail: Statement<[number], string | null>
  private readonly selectClasses: Statement<[number], string | null>
  private readonly insert: Statement<[InsertValues], number>
  private readonly update: Statement<[Pick<Evaluation, 'id' | 'status' | 'finishedAt' | 'error'>]>
  private readonly updateResult: Statement<[{ id: number; result: string | null }]>
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
    this.selectClasses = db
      .prepare<[number], string | null>(
        "SELECT json_extract(result, '$.classes') FROM evaluations WHERE id = ?",
      )
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
      `UPDATE evaluations SET status = :status, finished_at = :finishedAt, error = :error
       WHERE id = :id`,
    )
    this.updateResult = db.prepare('UPDATE evaluations SET result = :result WHERE id = :id')
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
    return storedConfig(JSON.parse(this.selectConfig.get(id)!) as Record<string, unknown>)
  }

  /** Null before there is a result. @throws WorkbenchError when there is no such evaluation. */
  detail(id: number): EvaluationDetail | null {
    this.get(id)
    const unwritten = this.unwritten.of(id)?.detail
    const stored = unwritten === undefined ? this.selectDetail.get(id) : null
    const detail = stored ? (JSON.parse(stored) as MeasuredDetail) : (unwritten ?? null)
    return detail && { classes: this.classes(id), ...detail }
  }

  /**
   * Names of the classes that an evaluation tells apart, by label; none before there is a result.
   * @throws WorkbenchError when there is no such evaluation.
   */
  classes(id: number): string[] {
    this.get(id)
    const unwritten = this.unwritten.of(id)?.result
    if (unwritten !== undefined) return unwritten?.classes ?? []
    return JSON.parse(this.selectClasses.get(id) ?? '[]') as string[]
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
    const evaluation = toEvaluation(row)
    const { status, result, finishedAt, error } = { ...evaluation, ...this.unwritten.of(row.id) }
    const isMeasured = result !== null && 'classes' in result
    return {
      ...evaluation,
      status,
      finishedAt,
      error,
      result: isMeasured ? listed(result) : result,
    }
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
    const { detail, result, ...change } = { ...this.unwritten.of(id), ...changes }
    const { status, finishedAt, error } = { ...this.get(id), ...change }
    this.db.transaction(() => {
      this.update.run({ id, status, finishedAt, error })
      if (result !== undefined) {
        this.updateResult.run({ id, result: result && JSON.stringify(result) })
      }
      if (detail === undefined) return
      this.updateDetail.run({ id, detail: detail && JSON.stringify(detail) })
    })()
    this.unwritten.settle(id)
    return this.get(id)
  }
}

function toEvaluation({ classCount, ...row }: EvaluationRow): Evaluation {
  const [settings, training] = [knownSettings(row), knownTraining(row)]
  const result = row.result === null ? null : (JSON.parse(row.result) as Evaluation['result'])
  return {
    ...row,
    runName: nameWithStream(row.runName, settings, training),
    settings,
    training,
    result: result && { ...result, classCount: classCount ?? 0 },
  }
}

function listed({ classes, ...result }: MeasuredResult): EvaluationResult {
  return { ...result, classCount: classes.length }
}

function knownSettings({
  protocol,
  settings,
}: Pick<EvaluationRow, 'protocol' | 'settings'>): EvaluationSettings {
  return storedSettings(protocol, JSON.parse(settings) as Partial<EvaluationSettings>)
}

/** An encoder's name, told apart from the other networks of its run. */
function nameWithStream(
  name: string,
  { stream }: EvaluationSettings,
  { streams }: Evaluation['training'],
): string {
  return streams.length > 1 ? `${name}, ${streamLabels[stream]}` : name
}

/** What a row that an older version wrote does not say stands at its default. */
function knownTraining({ training }: Pick<EvaluationRow, 'training'>): Evaluation['training'] {
  const { cropScaleMin, cropScaleMax, flip, variant, beta } = completeConfig({})
  const stored = Object.entries(JSON.parse(training) as Record<string, unknown>)
  const known = Object.fromEntries(stored.filter(([, value]) => value !== null))
  const { method = DEFAULT_METHOD, modality, ...own } = known
  const shape = { method: String(method), modality: modality === 'flow' ? 'flow' : 'rgb' } as const
  const streams = streamsOf(shape).map((network) => network.modality)
  return { cropScaleMin, cropScaleMax, flip, variant, beta, ...own, streams }
}
