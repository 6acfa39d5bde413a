import { confusionOf, mostConfused } from '#shared/metrics/confusion-matrix.ts'
import { protocols } from '#shared/config/protocols.ts'
import type { Evaluation, EvaluationDetail } from '#shared/contract/evaluations.ts'
import type { Curves } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { aimOf, scoreInterval, scoreLabel } from '#shared/report/scores.ts'
import type { TextTable } from '#shared/report/table.ts'
import { confusionFigure } from './confusion-figure.ts'
import { linePlot } from './line-plot.ts'
import { closePage, escapeHtml, openPage, percent, renderTable } from './page.ts'

/** What a report tells of; `curves` has the loss of each run. */
export interface ReportSource {
  project: string
  /** Of the workbench. */
  version: string
  /** When it was made, ISO 8601. */
  madeAt: string
  datasets: readonly Dataset[]
  runs: readonly Run[]
  evaluations: readonly Evaluation[]
  details: ReadonlyMap<number, EvaluationDetail>
  curves: ReadonlyMap<number, Curves>
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
export function scoreTables({ datasets, evaluations, runs }: ReportSource): ScoreTable[] {
  const groups = new Map<string, Evaluation[]>()
  for (const evaluation of evaluations) {
    if (!evaluation.result) continue
    const key = `${evaluation.datasetId} ${measured(evaluation)}`
    groups.set(key, [...(groups.get(key) ?? []), evaluation])
  }
  return [...groups.values()].flatMap((group, i) => {
    const [{ datasetId, protocol }] = group
    const dataset = datasets.find(({ id }) => id === datasetId)
    if (!dataset) return []
    const table = tableOf(group, runs)
    return {
      name: `${protocol}-${i + 1}`,
      dataset,
      protocol: measured(group[0]),
      table,
      evaluations: group,
    }
  })
}

/** The protocol in full but for the seed, which repetitions differ in. */
function measured({ protocol, settings }: Evaluation): string {
  return protocolSentence({ protocol, settings: { ...settings, seed: 0 } })
}

/** Columns with intervals: with more of them a table is too wide for a page. */
const INTERVALS = 2

function tableOf(group: readonly Evaluation[], runs: readonly Run[]): TextTable {
  const names = [...new Set(group.flatMap(({ result }) => Object.keys(result!.scores)))]
  const rows = group.map((evaluation) => {
    const { result, runName } = evaluation
    const { scores, testVideos } = result!
    const cells = names.map((name, column) => {
      if (!(name in scores)) return ''
      return printScore(name, scores[name], column < INTERVALS ? testVideos : null)
    })
    const run = runs.find(({ id }) => id === evaluation.runId)
    return [runName, encoderOf(run), ...cells]
  })
  const best = names.flatMap((name, column) => {
    const aim = aimOf(name)
    if (aim === 0) return []
    const values = group.map(({ result }) => aim * (result!.scores[name] ?? -aim * Infinity))
    const top = Math.max(...values)
    return values.flatMap((value, row) => (value === top ? [[row, column + 2] as const] : []))
  })
  const header = ['Encoder', 'Pretraining', ...names.map(scoreLabel)]
  return { header, rows, words: [0, 1], best: group.length > 1 ? best : [] }
}

/** `59.4 (49.4 to 68.7)`, in %, with the interval where there is one and room for it. */
function printScore(name: string, share: number, videos: number | null): string {
  const own = (100 * share).toFixed(1)
  const interval = videos === null ? null : scoreInterval(name, share, videos)
  return interval
    ? `${own} (${interval.map((bound) => (100 * bound).toFixed(1)).join(' to ')})`
    : own
}

function encoderOf(run: Run | undefined): string {
  if (!run) return 'none'
  const { model, fame, variant, beta, frames, size, epochs, seed } = run.config
  const merged = fame === 'none' ? 'MoCo' : `MoCo + FAME (${variant}, β ${beta})`
  return `${merged}, ${model}, ${frames}×${size}×${size}, ${epochs} epochs, seed ${seed}`
}

/**
 * A project's results as one HTML page that needs nothing else, in pieces, so that whoever writes
 * them can breathe between two.
 */
export function* projectReport(source: ReportSource): Generator<string, void, undefined> {
  const tables = scoreTables(source)
  yield openPage(`${source.project}: results`, { wide: true })
  yield `<h1>${escapeHtml(source.project)}</h1>\n`
  if (tables.length === 0) yield '<p class="lead">No evaluation has a result yet.</p>\n'
  for (const dataset of source.datasets) {
    const own = tables.filter((table) => table.dataset.id === dataset.id)
    if (own.length > 0) yield* datasetSection(dataset, own, source)
  }
  yield lossSection(source)
  yield `<footer>FAME Workbench ${escapeHtml(source.version)} · ${escapeHtml(source.madeAt)} · scores
in per cent, with their 95 % interval over the test videos (Wilson)</footer>\n`
  yield closePage
}

function* datasetSection(
  { name, videos, classes }: Dataset,
  tables: readonly ScoreTable[],
  { details }: ReportSource,
): Generator<string, void, undefined> {
  yield `<h2>${escapeHtml(name)}</h2>\n<p>${videos} videos of ${classes.length} classes</p>\n`
  for (const { protocol, table, evaluations } of tables) {
    const { label } = protocols[evaluations[0].protocol]
    const { trainVideos, testVideos } = evaluations[0].result!
    yield `<h3>${escapeHtml(label)}</h3>
<p>${escapeHtml(protocol)} · ${trainVideos} training and ${testVideos} test videos</p>
${renderTable(table)}\n`
    for (const evaluation of evaluations) {
      const detail = details.get(evaluation.id)
      if (detail) yield confusionSection(evaluation, detail)
    }
  }
}

function confusionSection(
  { runName, result }: Evaluation,
  { confusion }: EvaluationDetail,
): string {
  const matrix = { classes: result!.classes, triples: confusion }
  if (confusion.length === 0) return ''
  const { classes } = matrix
  const pairs = mostConfused(confusionOf(confusion, classes), 5).map(
    ({ truth, predicted, share }) =>
      `<li>${escapeHtml(classes[truth])} as ${escapeHtml(classes[predicted])}: ${percent(share)}</li>`,
  )
  return `<details><summary>Confusion of ${escapeHtml(runName)}</summary>
<figure>${confusionFigure(`True against predicted classes, ${runName}`, matrix)}</figure>
${pairs.length > 0 ? `<p>Most confused:</p><ol>${pairs.join('')}</ol>` : ''}
</details>\n`
}

/** Colours of the first curves; more would not be told apart. */
const COLOURS = ['var(--moco)', 'var(--fame)', '#2e8b57', '#8a5fbf', '#b8860b', '#c2557f']

function lossSection({ runs, curves }: ReportSource): string {
  const lines = runs.flatMap(({ id, name }) => {
    const loss = curves.get(id)?.curves.find((curve) => curve.name === 'loss')
    return loss ? { name, points: loss.x.map((step, i) => ({ step, value: loss.y[i] })) } : []
  })
  if (lines.length === 0) return ''
  const plots = Array.from({ length: Math.ceil(lines.length / COLOURS.length) }, (_, i) => {
    const some = lines.slice(i * COLOURS.length, (i + 1) * COLOURS.length)
    return linePlot(
      'Loss by step',
      some.map((line, at) => ({ ...line, colour: COLOURS[at] })),
    )
  })
  return `<h2>Loss</h2>
<p>InfoNCE while pretraining. Merging makes the task harder: a higher loss is no worse encoder.</p>
${plots.join('\n')}`
}
