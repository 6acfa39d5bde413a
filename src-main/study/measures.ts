import { completeSettings, type EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { settingsOf, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { byName, type Values } from '#shared/methods/method.ts'
import { mergesClips } from '#shared/methods/parts.ts'
import { isIdle } from '#shared/views/merge-settings.ts'
import type { Evaluation, StartEvaluation } from '#shared/contract/evaluations.ts'
import type { Progress, Run } from '#shared/contract/runs.ts'
import { healthWords } from '#shared/metrics/health-words.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import { presetConfig } from '../runs/queue/preset-config.ts'
import type { Workbench } from '../workbench.ts'

/** One score of a protocol, as a column of a study's table. */
export interface StudyColumn {
  label: string
  protocol: Protocol
  score: string
}

export interface MeasuresOptions {
  datasetId: number
  /** Only gathers what the project has. */
  onlyKnown?: boolean
  signal?: AbortSignal
  onProgress: (progress: Progress) => void
}

/** What a study was measured on. */
export interface StudyFacts {
  /** What guessing scores. */
  chance: number
  trainVideos: number
  testVideos: number
  /** What the encoders were trained on. */
  device: string
}

interface Pretraining {
  name: string
  preset: string
  values: Values
}

/** Runs and evaluations of a study. Whatever the project has already is taken and not done again. */
export class Measures {
  private readonly workbench: Workbench
  private readonly options: MeasuresOptions
  private tested: Evaluation | null = null
  private device = 'unknown device'

  constructor(workbench: Workbench, options: MeasuresOptions) {
    this.workbench = workbench
    this.options = options
  }

  /**
   * Scores of an encoder by the columns' labels, in [0, 1]; null where not all are known and nothing
   * may be started.
   */
  async score(
    encoder: Pick<StartEvaluation, 'runId' | 'preset'>,
    columns: readonly StudyColumn[],
    settings: Partial<Pick<EvaluationSettings, 'clips' | 'seed' | 'split'>>,
  ): Promise<Record<string, number> | null> {
    const scores: Record<string, number> = {}
    for (const { label, protocol, score } of columns) {
      const result = await this.evaluate({ ...encoder, protocol, settings })
      if (!result) return null
      scores[label] = result.scores[score]
    }
    return scores
  }

  /** Of the evaluations on the test split so far. */
  facts(): StudyFacts {
    const { trainVideos = 0, testVideos = 0, classCount = 0 } = this.tested?.result ?? {}
    return { chance: 1 / classCount, trainVideos, testVideos, device: this.device }
  }

  /** The first run with these settings that the project has, unless it is in the trash. */
  knownRun(what: Omit<Pretraining, 'name'>): Run | null {
    return this.runsOf(what)[0] ?? null
  }

  /** All runs with these settings that the project has, those in the trash left out. */
  private runsOf({ preset, values }: Omit<Pretraining, 'name'>): Run[] {
    const config = presetConfig(preset, values)
    const { datasetId } = this.options
    const runs = this.workbench.project.store.runs.list()
    return runs.filter(
      (run) => run.datasetId === datasetId && isSame(run.config, config) && isKept(run),
    )
  }

  /**
   * Scores in [0, 1] of other finished runs with these settings, as far as they were measured. They
   * were trained with the same seed, so they differ only where versions, kernels or machines do.
   */
  async scoresOfRepeats(
    what: Omit<Pretraining, 'name'>,
    column: StudyColumn,
    settings: Partial<Pick<EvaluationSettings, 'clips' | 'seed' | 'split'>>,
  ): Promise<number[]> {
    const scores: number[] = []
    const silent = new Measures(this.workbench, { ...this.options, onlyKnown: true })
    for (const { id, status } of this.runsOf(what).slice(1)) {
      const found = status === 'done' ? await silent.score({ runId: id }, [column], settings) : null
      if (found) scores.push(found[column.label])
    }
    return scores
  }

  /** Metrics of a finished run that ended outside their healthy ranges, in words. */
  async outOfRange({ id, config }: Run): Promise<string[]> {
    const judged = await this.workbench.runCurves.health(id)
    return judged
      .filter(({ complaint }) => complaint !== null)
      .map((one) => {
        const { label, value, range } = healthWords(one, config.method)
        return `${label.toLowerCase()} ${value}, healthy ${range}`
      })
  }

  /**
   * Pretrains an encoder, or goes on with its run.
   * @returns null where it is not known whole and nothing may be started
   * @throws Error when the run fails, or `signal` aborts
   */
  async pretrain({ name, preset, values }: Pretraining): Promise<Run | null> {
    const { runs, project } = this.workbench
    const { datasetId, signal, onProgress, onlyKnown } = this.options
    const same = this.knownRun({ preset, values })
    if (onlyKnown && same?.status !== 'done') return null
    const { id } = same ?? runs.start({ name, preset, datasetId, values: { ...values } })
    if (same) takeUp(runs, same)
    const stop = (): void => void runs.stop(id)
    signal?.addEventListener('abort', stop)
    try {
      for await (const event of runs.watch(id, undefined, { history: false })) {
        if (event.type === 'progress') onProgress(event.progress)
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
    signal?.throwIfAborted()
    const run = project.store.runs.get(id)
    if (run.status !== 'done') throw new Error(`Run ${id} ${run.status}: ${run.error ?? ''}`)
    this.device = run.device ?? this.device
    return run
  }

  /**
   * @returns null where the result is not known and nothing may be started
   * @throws Error when the evaluation fails, or `signal` aborts
   */
  async evaluate(request: StartEvaluation): Promise<Evaluation['result']> {
    const { evaluations, project } = this.workbench
    const { datasetId, signal, onProgress, onlyKnown } = this.options
    const { evaluations: stored } = project.store
    const alike = stored
      .list()
      .filter((one) => isAlike(one, request, datasetId, stored.config(one.id)))
    // One that a killed process left behind goes on.
    const known = alike.find(({ status }) => status === 'done') ?? alike.at(-1)
    if (onlyKnown && known?.status !== 'done') return null
    const { id } = known ?? evaluations.start({ ...request, datasetId })
    if (known) takeUp(evaluations, known)
    const stop = (): void => void evaluations.stop(id)
    signal?.addEventListener('abort', stop)
    try {
      for await (const event of evaluations.watch(id)) {
        if (event.type === 'progress') onProgress(event.progress)
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
    signal?.throwIfAborted()
    const evaluation = project.store.evaluations.get(id)
    const { result, error } = evaluation
    if (!result) throw new Error(`Evaluation ${id} ${evaluation.status}: ${error ?? ''}`)
    if (evaluation.settings.split === 'test') this.tested = evaluation
    return result
  }
}

/**
 * Goes on with a job that an earlier process has left. A study has one job at a time, so one that is
 * queued has been cut short, and in a command nothing starts it by itself.
 */
function takeUp(
  jobs: { stop(id: number): unknown; resume(id: number): unknown },
  { id, status }: Pick<Run, 'id' | 'status'>,
): void {
  if (status === 'done') return
  if (status === 'queued') jobs.stop(id)
  jobs.resume(id)
}

function isKept({ trashedAt }: Run): boolean {
  return trashedAt === null
}

function isSame(a: PretrainConfig, b: PretrainConfig): boolean {
  if (a.method !== b.method) return false
  const isPlain = !mergesClips(a) && !mergesClips(b)
  const rows = Object.entries(settingsOf(a.method))
  return rows.every(([name, { group }]) => {
    // How a run is kept does not change what it learns.
    const isKeptApart = group === 'run' && name !== 'seed'
    // Without merging there are no masks, whatever their settings.
    const isMute = isPlain && group === 'merge'
    if (isIdle(name, a) && isIdle(name, b)) return true
    return isKeptApart || isMute || byName(a)[name] === byName(b)[name]
  })
}

/**
 * Whether an evaluation, done or not, is of what a request asks for: with all of its settings, not only
 * those named, and of an encoder of the same shape where there is no run.
 * @param config how the encoder of the known evaluation was built
 */
export function isAlike(
  known: Pick<Evaluation, 'runId' | 'datasetId' | 'protocol' | 'settings'>,
  request: StartEvaluation,
  datasetId: number,
  config: PretrainConfig,
): boolean {
  const { runId, protocol, settings, preset } = request
  if (runId === null && !isSame(config, presetConfig(preset))) return false
  const own: Record<string, unknown> = known.settings
  return (
    known.runId === runId &&
    known.datasetId === datasetId &&
    known.protocol === protocol &&
    Object.entries(completeSettings(protocol, settings)).every(
      ([name, value]) => own[name] === value,
    )
  )
}
