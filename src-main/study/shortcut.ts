import { samplePresets } from '#shared/config/presets.ts'
import type { Progress } from '#shared/contract/runs.ts'
import type { Workbench } from '../workbench.ts'
import { Measures, type StudyFacts } from './measures.ts'
import {
  CLIPS,
  shortcutColumns,
  shortcutRows,
  SUPERVISED,
  validationColumns,
  type StudyRow,
} from './shortcut-plan.ts'

export interface StudySeed {
  seed: number
  /** By the column's label, in [0, 1]. */
  scores: Record<string, number>
  /** The same of the training videos that were held out. Older studies have none. */
  validation?: Record<string, number>
  /** Metrics that ended outside their healthy ranges, in words; left out where none did. */
  outOfRange?: string[]
  /** The first column's score of other runs with these settings and this seed, if there are any. */
  repeats?: number[]
}

export interface StudyResult extends StudyFacts {
  rows: { name: string; seeds: StudySeed[] }[]
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
  const measures = new Measures(workbench, options)
  let done = 0
  for (const seed of options.seeds) {
    for (const [i, row] of wanted.entries()) {
      options.onStage(`${row.name}, seed ${seed}`, done++, total)
      const measured = await measure(measures, row, seed)
      if (measured) rows[i].seeds.push({ seed, ...measured })
    }
  }
  return { rows, ...measures.facts() }
}

/** What is measured of one encoder; null where not all is known and nothing may be started. */
async function measure(
  measures: Measures,
  { name, training, family }: StudyRow,
  seed: number,
): Promise<Omit<StudySeed, 'seed'> | null> {
  if (training.kind === 'supervised') {
    const settings = { ...SUPERVISED, clips: CLIPS, seed, merge: training.merge }
    const preset = samplePresets.merged.name
    const result = await measures.evaluate({ runId: null, preset, protocol: 'finetune', settings })
    return result && { scores: { [shortcutColumns[0].label]: result.scores.top1 } }
  }
  const isRandom = training.kind === 'none'
  const { values = {}, preset = '' } = isRandom ? {} : training
  const what = { name: `${name}, seed ${seed}`, preset, values: { ...values, seed } }
  const run = isRandom ? null : await measures.pretrain(what)
  if (!isRandom && !run) return null
  const encoder = run ? { runId: run.id } : { runId: null, preset: samplePresets.merged.name }
  const settings = { clips: CLIPS, seed }
  const validation =
    family === null
      ? undefined
      : await measures.score(encoder, validationColumns, { ...settings, split: 'validation' })
  if (validation === null) return null
  const test = { ...settings, split: 'test' } as const
  const scores = await measures.score(encoder, shortcutColumns, test)
  if (!scores) return null
  const outOfRange = run ? await measures.outOfRange(run) : []
  const repeats = run ? await measures.scoresOfRepeats(what, shortcutColumns[0], test) : []
  return {
    scores,
    ...(validation && { validation }),
    ...(outOfRange.length > 0 && { outOfRange }),
    ...(repeats.length > 0 && { repeats }),
  }
}
