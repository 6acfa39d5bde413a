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
import { TimeLeft, type TimedRow } from './time-left.ts'

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
  /**
   * Called before an encoder that the project does not have.
   * @param left encoders, this one included @param secondsLeft null: not known yet
   */
  onEncoder: (title: string, left: number, secondsLeft: number | null) => void
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
  const encoders = options.seeds.flatMap((seed) => wanted.map((row) => ({ row, seed })))
  const silent = { onlyKnown: true, onProgress: () => undefined }
  const stored = new Measures(workbench, { ...options, ...silent })
  const known = new Map<Encoder, StudySeed>()
  const gather = async (encoder: Encoder): Promise<void> => {
    const measured = await measure(stored, encoder)
    if (measured) known.set(encoder, measured)
  }
  for (const encoder of encoders) await gather(encoder)
  const left = options.onlyKnown ? [] : encoders.filter((encoder) => !known.has(encoder))
  const time = new TimeLeft()
  for (const [done, encoder] of left.entries()) {
    const { row, seed } = encoder
    const rest = left.slice(done)
    options.onEncoder(`${row.name}, seed ${seed}`, rest.length, time.of(rest.map(timed)))
    const started = performance.now()
    await measure(new Measures(workbench, options), encoder)
    time.add(timed(encoder), (performance.now() - started) / 1000)
    await gather(encoder)
  }
  const rows = wanted.map((row) => ({
    name: row.name,
    seeds: encoders.flatMap((encoder) => (encoder.row === row && known.get(encoder)) || []),
  }))
  return { rows, ...stored.facts() }
}

interface Encoder {
  row: StudyRow
  seed: number
}

function timed({ row }: Encoder): TimedRow {
  return { name: row.name, kind: row.training.kind }
}

/** What is measured of one encoder; null where not all is known and nothing may be started. */
async function measure(
  measures: Measures,
  { row: { name, training, family }, seed }: Encoder,
): Promise<StudySeed | null> {
  if (training.kind === 'supervised') {
    const settings = { ...SUPERVISED, clips: CLIPS, seed, merge: training.merge }
    const preset = samplePresets.merged.name
    const result = await measures.evaluate({ runId: null, preset, protocol: 'finetune', settings })
    return result && { seed, scores: { [shortcutColumns[0].label]: result.scores.top1 } }
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
    seed,
    scores,
    ...(validation && { validation }),
    ...(outOfRange.length > 0 && { outOfRange }),
    ...(repeats.length > 0 && { repeats }),
  }
}
