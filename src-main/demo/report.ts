import { metricKindOf } from '#shared/metrics/catalogue.ts'
import type { TextTable } from '#shared/report/table.ts'
import { TIE } from '#shared/report/best-marks.ts'
import { scoreInterval } from '#shared/report/scores.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { formatPercent } from '#shared/text/numbers.ts'
import { demoScores, type DemoEncoder, type DemoResult } from './demo.ts'
import { linePlot } from '../reports/line-plot.ts'
import { renderPage, renderTable } from '../reports/page.ts'

/** A picture for the report. */
export interface ReportPicture {
  caption: string
  /** data: address. */
  source: string
}

const SERIES = ['var(--plain)', 'var(--fame)']

/** The demo's result as one HTML page that needs nothing else: table, loss curves, masks. */
export function renderReport(result: DemoResult, masks: readonly ReportPicture[]): string {
  const trained = result.encoders.filter(({ run }) => run !== null)
  const curves = trained.map(({ name, loss }, i) => ({ name, points: loss, colour: SERIES[i] }))
  const body = `<h1>Motion or background?</h1>
<p class="lead">Eight motions, and in training a background that gives the class away nine times in
ten. In the test split the background says nothing: only an encoder that sees motion scores above
chance (${formatPercent(1 / classCount(result))}).</p>
${renderTable(scoreTable(result))}
<p>The brackets show the 95 % interval over the test videos (Wilson). Bold marks a value that is better
than both others by McNemar's test on the same videos (p &lt; 0.05); ${TIE} marks one that does not
differ significantly from the highest value. Each encoder was trained with one seed: <code>bin/fame study
shortcut</code> repeats this with several.</p>
<h2>Loss</h2>
<p>${escapeMarkup(lossMeaning(trained[0]?.run?.config.method))}. Merging makes the task harder, so a
higher loss here does not mean a worse encoder.</p>
${linePlot('Loss by step', curves)}
<h2>FAME's masks</h2>
<p>One test video of each class. The bright part is kept; another video replaces the rest.</p>
<div class="masks">${masks.map(renderPicture).join('')}</div>
<footer>${escapeMarkup(result.engine)} · ${Math.round(result.seconds)} s in all ·
seed ${trained[0]?.run?.config.seed ?? '-'} · test videos
${result.encoders[0].results.linear.testVideos}</footer>`
  return renderPage('FAME Workbench: demo', body)
}

function classCount({ encoders }: DemoResult): number {
  return encoders[0].results.linear.classCount
}

/** `59.4 % [49–69]`: with the 95 % interval over the test videos. */
function printScore(encoder: DemoEncoder, { name, protocol }: (typeof demoScores)[number]): string {
  const result = encoder.results[protocol]
  const value = result.scores[name]
  const interval = scoreInterval(name, result)
  const bounds = interval?.map((bound) => (100 * bound).toFixed(0)).join('–')
  return `${formatPercent(value)} [${bounds}]`
}

/** The demo's table: a header, then a row an encoder. */
export function resultRows(result: DemoResult): { header: string[]; rows: string[][] } {
  return {
    header: ['Encoder', 'Linear top-1', 'R@1', 'R@5', 'Pretraining'],
    rows: result.encoders.map((encoder, place) => [
      encoder.name,
      ...demoScores.map((score) => {
        const tie = result.marks[score.name]?.[place] === 'tie' ? ` ${TIE}` : ''
        return `${printScore(encoder, score)}${tie}`
      }),
      encoder.run ? `${encoder.run.step} steps, ${Math.round(encoder.seconds)} s` : 'none',
    ]),
  }
}

function scoreTable(result: DemoResult): TextTable {
  const best = demoScores.flatMap(({ name }, column) =>
    result.encoders.flatMap((_encoder, row) =>
      result.marks[name]?.[row] === 'best' ? [[row, column + 1] as const] : [],
    ),
  )
  return { ...resultRows(result), best }
}

function renderPicture({ caption, source }: ReportPicture): string {
  return `<figure><img src="${source}" alt="FAME's mask on ${escapeMarkup(caption)}">
<figcaption>${escapeMarkup(caption)}</figcaption></figure>`
}

function lossMeaning(method: string | undefined): string {
  return (method && metricKindOf('loss', method)?.meaning) || 'The quantity that training minimises'
}
