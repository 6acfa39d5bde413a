import { samplePresets } from '#shared/config/presets.ts'
import { completeSettings, type EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { settingsOf, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { byName, type Values } from '#shared/methods/method.ts'
import type { Evaluation, StartEvaluation } from '#shared/contract/evaluations.ts'
import type { Progress, Run } from '#shared/contract/runs.ts'
import { presetConfig } from '../runs/queue/preset-config.ts'
import type { Workbench } from '../workbench.ts'
import {
  CLIPS,
  shortcutColumns,
  shortcutRows,
  SUPERVISED,
  validationColumns,
  type StudyColumn,
  type StudyRow,
} from './shortcut-plan.ts'

export interface StudySeed {
  seed: number
  /** By the column's label, in [0, 1]. */
  scores: Record<string, number>
  /** The same of the training videos that were held out. Older studies have none. */
  validation?: Record<string, number>
}

export interface StudyResult {
  rows: { name: string; seeds: StudySeed[] }[]
  /** What guessing scores. */
  chance: number
  trainVideos: number
  testVideos: number
  /** What the encoders were trained on. */
  device: string
}

export interface StudyOptions {
  datasetId: number
  seeds: readonly number[]
  /** Names of the rows to do. Default: all. */
  rows?: readonly string[]
  /** Only gathers what the project has; whatever is missing is left out. Default false. */
  onlyKnown?: boolean
  signal?: AbortSignal
  onStage: (title: string, done: number, total: number) => void
  onProgress: (progress: Progress) => void
}

/**
 * Pretrains every row of the plan with every seed, evaluates it on the test split, and takes what the
 * project has already: a study that was stopped goes on where it was.
 * @throws Error when a run or an evaluation fails, or `signal` aborts.
 */
export async function studyShortcut(
  workbench: Workbench,
  options: StudyOptions,
): Promise<StudyResult> {
  const wanted = shortcutRows.filter(({ name }) => options.rows?.includes(name) ?? true)
  const rows = wanted.map(({ name }) => ({ name, seeds: [] as StudySeed[] }))
  const total = rows.length * options.seeds.length
  const study = new Study(workbench, options)
  let done = 0
  for (const seed of options.seeds) {
    for (const [i, row] of wanted.entries()) {
      options.onStage(`${row.name}, seed ${seed}`, done++, total)
      const measured = await study.measure(row, seed)
      if (measured) rows[i].seeds.push({ seed, ...measured })
    }
  }
  return { rows, ...study.facts() }
}

class Study {
  private readonly workbench: Workbench
  private readonly options: StudyOptions
  private newest: Evaluation | null = null
  private device = 'unknown device'

  constructor(workbench: Workbench, options: StudyOptions) {
    this.workbench = workbench
    this.options = options
  }

  /** What is measured of one encoder; null where not all is known and nothing may be started. */
  async measure(
    { name, training, family }: StudyRow,
    seed: number,
  ): Promise<Omit<StudySeed, 'seed'> | null> {
    if (training.kind === 'supervised') {
      const settings = { ...SUPERVISED, clips: CLIPS, seed, merge: training.merge }
      const request = {
        runId: null,
        preset: samplePresets.merged.name,
        protocol: 'finetune',
        settings,
      } as const
      const result = await this.evaluate(request)
      return result && { scores: { [shortcutColumns[0].label]: result.scores.top1 } }
    }
    const run = training.kind === 'none' ? null : await this.pretrain(name, training, seed)
    if (training.kind !== 'none' && !run) return null
    const encoder = run ? { runId: run.id } : { runId: null, preset: samplePresets.merged.name }
    // First, so that the facts of the study are those of the test split.
    const validation =
      family === null ? undefined : await this.score(encoder, validationColumns, seed, 'validation')
    if (validation === null) return null
    const scores = await this.score(encoder, shortcutColumns, seed, 'test')
    return scores && { scores, ...(validation && { validation }) }
  }

  private async score(
    encoder: Pick<StartEvaluation, 'runId' | 'preset'>,
    columns: readonly StudyColumn[],
    seed: number,
    split: EvaluationSettings['split'],
  ): Promise<Record<string, number> | null> {
    const scores: Record<string, number> = {}
    for (const { label, protocol, score } of columns) {
      const settings = { clips: CLIPS, seed, split }
      const result = await this.evaluate({ ...encoder, protocol, settings })
      if (!result) return null
      scores[label] = result.scores[score]
    }
    return scores
  }

  facts(): Omit<StudyResult, 'rows'> {
    const { trainVideos = 0, testVideos = 0, classCount = 0 } = this.newest?.result ?? {}
    return { chance: 1 / classCount, trainVideos, testVideos, device: this.device }
  }

  private async pretrain(
    row: string,
    { preset, values }: { preset: string; values: Values },
    seed: number,
  ): Promise<Run | null> {
    const { runs, project } = this.workbench
    const { datasetId, signal, onProgress, onlyKnown } = this.options
    const config = presetConfig(preset, { ...values, seed })
    const same = project.store.runs
      .list()
      .find((run) => run.datasetId === datasetId && isSame(run.config, config) && isKept(run))
    if (onlyKnown && same?.status !== 'done') return null
    const request = { name: `${row}, seed ${seed}`, preset, datasetId, values: { ...values, seed } }
    const { id, status } = same ?? runs.start(request)
    if (status === 'stopped' || status === 'failed' || status === 'paused') runs.resume(id)
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

  private async evaluate(request: StartEvaluation): Promise<Evaluation['result']> {
    const { evaluations, project } = this.workbench
    const { datasetId, signal, onProgress, onlyKnown } = this.options
    const { evaluations: stored } = project.store
    const known = stored
      .list()
      .find((one) => isAnswer(one, request, datasetId, stored.config(one.id)))
    if (onlyKnown && !known) return null
    const { id } = known ?? evaluations.start({ ...request, datasetId })
    for await (const event of evaluations.watch(id, signal)) {
      if (event.type === 'progress') onProgress(event.progress)
    }
    if (signal?.aborted) evaluations.stop(id)
    signal?.throwIfAborted()
    const evaluation = project.store.evaluations.get(id)
    const { result, status, error } = evaluation
    if (!result) throw new Error(`Evaluation ${id} ${status}: ${error ?? ''}`)
    this.newest = evaluation
    return result
  }
}

function isKept({ trashedAt }: Run): boolean {
  return trashedAt === null
}

function isSame(a: PretrainConfig, b: PretrainConfig): boolean {
  const isPlain = a.merge === 'none' && b.merge === 'none'
  const rows = Object.entries(settingsOf(a.method))
  return rows.every(([name, { group }]) => {
    // How a run is kept does not change what it learns.
    const isKeptApart = group === 'run' && name !== 'seed'
    // Without merging there are no masks, whatever their settings.
    const isMute = isPlain && group === 'merge'
    return isKeptApart || isMute || byName(a)[name] === byName(b)[name]
  })
}

/**
 * Whether an evaluation is done and answers a request: with all of its settings, not only those
 * named, and of an encoder of the same shape where there is no run.
 * @param config how the encoder of the known evaluation was built
 */
export function isAnswer(
  known: Pick<Evaluation, 'status' | 'runId' | 'datasetId' | 'protocol' | 'settings'>,
  request: StartEvaluation,
  datasetId: number,
  config: PretrainConfig,
): boolean {
  const { runId, protocol, settings, preset } = request
  if (runId === null && !isSame(config, presetConfig(preset))) return false
  const own: Record<string, unknown> = known.settings
  return (
    known.status === 'done' &&
    known.runId === runId &&
    known.datasetId === datasetId &&
    known.protocol === protocol &&
    Object.entries(completeSettings(protocol, settings)).every(
      ([name, value]) => own[name] === value,
    )
  )
}
