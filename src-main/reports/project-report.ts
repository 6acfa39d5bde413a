import { confusionOf, mostConfused } from '#shared/metrics/confusion-matrix.ts'
import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation, EvaluationDetail } from '#shared/contract/evaluations.ts'
import type { Curves } from '#shared/contract/curves.ts'
import type { JudgedMetric } from '#shared/metrics/health.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { TIE } from '#shared/report/best-marks.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { formatPercent } from '#shared/text/numbers.ts'
import { confusionFigure } from './confusion-figure.ts'
import { healthSection } from './health-section.ts'
import { linePlot } from './line-plot.ts'
import { closePage, openPage, renderTable } from './page.ts'
import { publishedSection } from './published-section.ts'
import { scoreTables, type ScoreSource, type ScoreTable } from './score-tables.ts'

/** What a report tells of; `curves` has the loss of each run, `health` its metrics beside their ranges. */
export interface ReportSource extends ScoreSource {
  project: string
  /** Of the workbench. */
  version: string
  /** When it was made, ISO 8601. */
  madeAt: string
  details: ReadonlyMap<number, EvaluationDetail>
  curves: ReadonlyMap<number, Curves>
  health: ReadonlyMap<number, readonly JudgedMetric[]>
}

/**
 * A project's results as one HTML page that needs nothing else, in pieces, so that the host can do
 * other work between two.
 */
export function* projectReport(source: ReportSource): Generator<string, void, undefined> {
  const tables = scoreTables(source)
  yield openPage(`${source.project}: results`, { wide: true })
  yield `<h1>${escapeMarkup(source.project)}</h1>\n`
  if (tables.length === 0) yield '<p class="lead">No evaluation has a result yet.</p>\n'
  for (const dataset of source.datasets) {
    const own = tables.filter((table) => table.dataset.id === dataset.id)
    if (own.length > 0) yield* datasetSection(dataset, own, source)
  }
  yield lossSection(source)
  yield healthSection(source)
  yield `<footer>FAME Workbench ${escapeMarkup(source.version)} · ${escapeMarkup(source.madeAt)} · scores
in per cent, with their 95 % interval over the test videos · bold marks a value that is better than every
other row by McNemar's test on the same videos (p &lt; 0.05) · ${TIE} marks one that does not differ
significantly from the highest value</footer>\n`
  yield closePage
}

function* datasetSection(
  dataset: Dataset,
  tables: readonly ScoreTable[],
  { details }: ReportSource,
): Generator<string, void, undefined> {
  const { name, videos, classes } = dataset
  yield `<h2>${escapeMarkup(name)}</h2>\n<p>${videos} videos of ${classes.length} classes</p>\n`
  for (const { protocol, table, evaluations } of tables) {
    const { label } = tasks[evaluations[0].protocol]
    const { trainVideos, testVideos } = evaluations[0].result!
    yield `<h3>${escapeMarkup(label)}</h3>
<p>${escapeMarkup(protocol)} · ${trainVideos} training and ${testVideos} test videos</p>
${renderTable(table)}\n`
    yield publishedSection(dataset, evaluations[0])
    for (const evaluation of evaluations) {
      const detail = details.get(evaluation.id)
      if (detail) yield confusionSection(evaluation, detail)
    }
  }
}

function confusionSection(
  { runName }: Evaluation,
  { classes, confusion }: EvaluationDetail,
): string {
  if (confusion.length === 0) return ''
  const matrix = { classes, triples: confusion }
  const pairs = mostConfused(confusionOf(confusion, classes), 5).map(
    ({ truth, predicted, share }) =>
      `<li>${escapeMarkup(classes[truth])} as ${escapeMarkup(classes[predicted])}: ${formatPercent(share)}</li>`,
  )
  return `<details><summary>Confusion of ${escapeMarkup(runName)}</summary>
<figure>${confusionFigure(`True against predicted classes, ${runName}`, matrix)}</figure>
${pairs.length > 0 ? `<p>Most confused:</p><ol>${pairs.join('')}</ol>` : ''}
</details>\n`
}

/** Colours of the first curves; more would not be told apart. */
const COLOURS = ['var(--plain)', 'var(--fame)', '#2e8b57', '#8a5fbf', '#b8860b', '#c2557f']

function lossSection({ runs, curves }: ReportSource): string {
  const lines = runs.flatMap(({ id, name }) => {
    const loss = curves.get(id)?.curves.find((curve) => curve.name === 'loss')
    return loss
      ? { name, points: Array.from(loss.x, (step, i) => ({ step, value: loss.y[i] })) }
      : []
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
<p>Pretraining minimises the loss. Merging makes the task harder, so a higher loss does not mean a worse
encoder. Losses of different methods cannot be compared.</p>
${plots.join('\n')}`
}
