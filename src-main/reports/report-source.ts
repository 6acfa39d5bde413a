import type { Curves } from '#shared/contract/curves.ts'
import type { EvaluationDetail } from '#shared/contract/evaluations.ts'
import type { JudgedMetric } from '#shared/metrics/health.ts'
import { firstScoredStep } from '#shared/metrics/best.ts'
import { Pieces } from '../base/async/pieces.ts'
import { CurveCache } from '../runs/curves/curve-cache.ts'
import { PairedOutcomes } from '../evaluations/paired-outcomes.ts'
import { judgeRun } from '../runs/curves/judge-run.ts'
import { thinCurves } from '../runs/curves/thin-curves.ts'
import type { Project } from '../store/project.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { ReportSource } from './project-report.ts'
import { markScores } from './score-tables.ts'

export interface ReportRequest {
  /** Left out: all that have a result. */
  evaluations?: readonly number[]
  /** Of the workbench. */
  version: string
}

/** Points of a loss curve in a report: more cannot be seen. */
const COLUMNS = 300

/** Gathers what a report tells. @throws WorkbenchError for an evaluation without a result. */
export async function gatherReport(
  project: Project,
  { evaluations: wanted, version }: ReportRequest,
): Promise<ReportSource> {
  const { store } = project
  const known = store.evaluations.list().filter(({ result }) => result !== null)
  for (const id of wanted ?? []) {
    if (known.some((evaluation) => evaluation.id === id)) continue
    throw new WorkbenchError(`Evaluation ${store.evaluations.get(id).id} has no result to report.`)
  }
  const evaluations = known.filter(({ id }) => wanted?.includes(id) ?? true)
  const runIds = new Set(evaluations.map(({ runId }) => runId))
  const runs = store.runs.list().filter(({ id }) => runIds.has(id))
  const cache = new CurveCache(store.runMetrics)
  const request = { names: ['loss'], axis: 'step' as const, columns: COLUMNS, smoothing: 0 }
  const curves = new Map<number, Curves>()
  const health = new Map<number, readonly JudgedMetric[]>()
  for (const { id, config, totalSteps } of runs) {
    const fullFrom = firstScoredStep(config)
    const whole = await cache.read(id)
    curves.set(id, thinCurves(whole, { ...request, id }, fullFrom))
    health.set(id, judgeRun({ config, totalSteps }, whole))
  }
  const details = new Map<number, EvaluationDetail>()
  const pieces = new Pieces()
  for (const { id } of evaluations) {
    await pieces.pause()
    const detail = store.evaluations.detail(id)
    if (detail) details.set(id, detail)
  }
  const outcomes = new PairedOutcomes(project)
  const marks = await markScores({ evaluations, runs }, (request) => outcomes.compare(request))
  return {
    project: project.name,
    version,
    madeAt: new Date().toISOString(),
    datasets: store.datasets.list(),
    runs,
    evaluations,
    marks,
    details,
    curves,
    health,
  }
}
