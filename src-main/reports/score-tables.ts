import type { Evaluation, EvaluationResult } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { isImported, methodText } from '#shared/config/presets.ts'
import { bestMarks, leaderOf, TIE, type Mark } from '#shared/report/best-marks.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { partsOf } from '#shared/methods/parts.ts'
import { streamLabels } from '#shared/methods/streams.ts'
import { tasks } from '#shared/tasks/index.ts'
import { aimOf, drawSpread, printDraws, scoreInterval, scoreLabel } from '#shared/report/scores.ts'
import type { TextTable } from '#shared/report/table.ts'

/** Marks of single numbers, by evaluation, then by score. */
export type ScoreMarks = ReadonlyMap<number, ReadonlyMap<string, Mark>>

export interface ScoreSource {
  datasets: readonly Dataset[]
  runs: readonly Run[]
  evaluations: readonly Evaluation[]
  marks: ScoreMarks
}

/** Evaluations that measured the same thing in the same way. */
export interface ScoreTable {
  /** For file names: `linear-1`. */
  name: string
  dataset: Dataset
  /** The protocol in full. */
  protocol: string
  table: TextTable
  evaluations: readonly Evaluation[]
}

/** One table for each data set and protocol with its settings, in the order of their first results. */
export function scoreTables({ datasets, evaluations, runs, marks }: ScoreSource): ScoreTable[] {
  return scoreGroups(evaluations).flatMap((group, i) => {
    const [{ datasetId, protocol }] = group
    const dataset = datasets.find(({ id }) => id === datasetId)
    if (!dataset) return []
    return {
      name: `${protocol}-${i + 1}`,
      dataset,
      protocol: [measured(group[0]), ...fusionsOf(group)].join(' · '),
      table: tableOf(group, runs, marks),
      evaluations: group,
    }
  })
}

function scoreGroups(evaluations: readonly Evaluation[]): Evaluation[][] {
  const known = evaluations.filter(({ result }) => result !== null)
  return [...Map.groupBy(known, (one) => `${one.datasetId} ${measured(one)}`).values()]
}

/** The protocol in full but for the seed, which repetitions differ in, and the stream, which rows name. */
function measured({ protocol, settings }: Evaluation): string {
  return protocolSentence({ protocol, settings: { ...settings, seed: 0, stream: 'rgb' } })
}

/** How rows of two streams came about, where there are such rows. */
function fusionsOf(group: readonly Evaluation[]): string[] {
  const { fusion } = tasks[group[0].protocol]
  const isFused = group.some(({ settings }) => settings.stream === 'both')
  return isFused && fusion ? [`rows of ${streamLabels.both}: ${fusion}`] : []
}

/** p values of some evaluations against one, by a paired test; null where there is none. */
export type PairedTest = (request: {
  score: string
  best: number[]
  others: number[][]
}) => Promise<(number | null)[]>

/** Marks what is best in each column, and what is tied with it; runs in the trash do not compete. */
export async function markScores(
  { evaluations, runs }: Pick<ScoreSource, 'evaluations' | 'runs'>,
  test: PairedTest,
): Promise<ScoreMarks> {
  const marks = new Map<number, Map<string, Mark>>()
  for (const group of scoreGroups(evaluations)) {
    const competing = group.filter(({ runId }) => !isTrashed(runId, runs))
    for (const score of namesOf(competing)) {
      for (const [id, mark] of await marksOf(competing, score, test)) {
        marks.set(id, (marks.get(id) ?? new Map<string, Mark>()).set(score, mark))
      }
    }
  }
  return marks
}

async function marksOf(
  group: readonly Evaluation[],
  score: string,
  test: PairedTest,
): Promise<[number, Mark][]> {
  const aim = aimOf(score)
  const rows = group.flatMap(({ id, result }) => {
    const value = result!.scores[score]
    return value === undefined ? [] : [{ key: String(id), value: aim * value }]
  })
  const leader = leaderOf(rows)
  const others = rows.filter((row) => row !== leader)
  if (aim === 0 || !leader || others.length === 0) return []
  const ids = others.map(({ key }) => [Number(key)])
  const p = await test({ score, best: [Number(leader.key)], others: ids })
  const marks = bestMarks(
    leader,
    others.map(({ key }, i) => ({ key, p: p[i] })),
  )
  return [...marks].map(([key, mark]) => [Number(key), mark])
}

function isTrashed(runId: number | null, runs: readonly Run[]): boolean {
  return runs.some(({ id, trashedAt }) => id === runId && trashedAt !== null)
}

function namesOf(group: readonly Evaluation[]): string[] {
  return [...new Set(group.flatMap(({ result }) => Object.keys(result!.scores)))]
}

/** Columns with intervals: with more of them a table is too wide for a page. */
const INTERVALS = 2

function tableOf(group: readonly Evaluation[], runs: readonly Run[], marks: ScoreMarks): TextTable {
  const names = namesOf(group)
  const markOf = ({ id }: Evaluation, name: string): Mark | undefined => marks.get(id)?.get(name)
  const rows = group.map((evaluation) => {
    const { result, runName } = evaluation
    const { scores } = result!
    const cells = names.map((name, column) => {
      if (!(name in scores)) return ''
      const own = printScore(scores[name], column < INTERVALS ? intervalsOf(name, result!) : [])
      return markOf(evaluation, name) === 'tie' ? `${own} ${TIE}` : own
    })
    const run = runs.find(({ id }) => id === evaluation.runId)
    return [runName, encoderOf(run), ...cells]
  })
  const best = group.flatMap((evaluation, row) =>
    names.flatMap((name, column) =>
      markOf(evaluation, name) === 'best' ? [[row, column + 2] as const] : [],
    ),
  )
  return { header: ['Encoder', 'Pretraining', ...names.map(scoreLabel)], rows, words: [0, 1], best }
}

/** `59.4 (49.4 to 68.7)`, in %, with the intervals where there are any and room for them. */
function printScore(share: number, intervals: readonly string[]): string {
  const own = (100 * share).toFixed(1)
  return intervals.length > 0 ? `${own} (${intervals.join('; ')})` : own
}

/** Over the test videos, and over draws of labels. */
function intervalsOf(name: string, result: EvaluationResult): string[] {
  const [overVideos, overDraws] = [scoreInterval(name, result), drawSpread(name, result)]
  return [
    ...(overVideos ? [overVideos.map((bound) => (100 * bound).toFixed(1)).join(' to ')] : []),
    ...(overDraws ? [printDraws(overDraws)] : []),
  ]
}

function encoderOf(run: Run | undefined): string {
  if (!run) return 'none'
  const { model, merge, variant, beta, frames, size, epochs, seed } = run.config
  const trashed = run.trashedAt === null ? '' : ', in the trash'
  if (isImported(run)) return `imported weights, ${model}, ${frames}×${size}×${size}${trashed}`
  const method = methodText(run.config)
  // Parts say themselves which of them merge.
  const isWhole = merge !== 'none' && partsOf(run.config).length === 0
  const merged = isWhole ? `${method} (${variant}, β ${beta})` : method
  return `${merged}, ${model}, ${frames}×${size}×${size}, ${epochs} epochs, seed ${seed}${trashed}`
}
