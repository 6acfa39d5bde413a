import type { MetricPoint } from '#shared/contract/runs.ts'
import { smooth } from '#shared/metrics/curves.ts'
import type { TextTable } from '#shared/report/table.ts'
import type { DemoEncoder, DemoResult } from './demo.ts'
import { escapeHtml, percent, renderPage, renderTable } from '../reports/page.ts'

/** A picture for the report. */
export interface ReportPicture {
  caption: string
  /** data: address. */
  source: string
}

const PERCENT = ['top1', 'R@1', 'R@5'] as const
const SERIES = ['var(--moco)', 'var(--fame)']

/** The demo's result as one HTML page that needs nothing else: table, loss curves, masks. */
export function renderReport(result: DemoResult, masks: readonly ReportPicture[]): string {
  const trained = result.encoders.filter(({ run }) => run !== null)
  const body = `<h1>Motion or background?</h1>
<p class="lead">Eight motions, and in training a background that gives the class away nine times in
ten. In the test split the background says nothing: only an encoder that sees motion scores above
chance (${percent(1 / classCount(result))}).</p>
${renderTable(scoreTable(result))}
<h2>Loss</h2>
<p>InfoNCE against ${trained[0]?.run?.config.queue ?? 0} negatives. Merging makes the task harder: a
higher loss here is no worse encoder.</p>
${renderCurves(trained)}
<h2>FAME's masks</h2>
<p>One test video of each class. What is bright is kept; the rest is replaced by another video.</p>
<div class="masks">${masks.map(renderPicture).join('')}</div>
<footer>${escapeHtml(result.engine)} · ${Math.round(result.seconds)} s in all ·
seed ${trained[0]?.run?.config.seed ?? '-'} · test videos
${result.encoders[0].results.linear.testVideos}</footer>`
  return renderPage('FAME Workbench: demo', body)
}

function classCount({ encoders }: DemoResult): number {
  return encoders[0].results.linear.classes.length
}

function scores({ results }: DemoEncoder): Record<string, number> {
  return { ...results.linear.scores, ...results.retrieval.scores }
}

/** The demo's table: a header, then a row an encoder. */
export function resultRows(result: DemoResult): { header: string[]; rows: string[][] } {
  return {
    header: ['Encoder', 'Linear top-1', 'R@1', 'R@5', 'Pretraining'],
    rows: result.encoders.map((encoder) => [
      encoder.name,
      ...PERCENT.map((name) => percent(scores(encoder)[name])),
      encoder.run ? `${encoder.run.step} steps, ${Math.round(encoder.seconds)} s` : 'none',
    ]),
  }
}

function scoreTable(result: DemoResult): TextTable {
  const all = result.encoders.map(scores)
  const best = PERCENT.flatMap((name, column) => {
    const top = Math.max(...all.map((own) => own[name]))
    return all.flatMap((own, row) => (own[name] === top ? [[row, column + 1] as const] : []))
  })
  return { ...resultRows(result), best }
}

const PLOT = { width: 720, height: 260, left: 44, bottom: 28, top: 10, right: 10 }

function renderCurves(encoders: readonly DemoEncoder[]): string {
  const steps = Math.max(1, ...encoders.flatMap(({ loss }) => loss.map((point) => point.step)))
  const top = Math.max(1, ...encoders.flatMap(({ loss }) => loss.map((point) => point.value)))
  const x = (step: number): number =>
    PLOT.left + (step / steps) * (PLOT.width - PLOT.left - PLOT.right)
  const y = (value: number): number =>
    PLOT.height - PLOT.bottom - (value / top) * (PLOT.height - PLOT.bottom - PLOT.top)
  const ticks = Array.from({ length: Math.floor(top) + 1 }, (_, value) => {
    const line = `<line x1="${PLOT.left}" x2="${PLOT.width - PLOT.right}" y1="${y(value)}" y2="${y(value)}"/>`
    return `${line}<text x="${PLOT.left - 8}" y="${y(value) + 4}" class="end">${value}</text>`
  })
  const curves = encoders.map(
    ({ loss }, i) => `<path d="${path(loss, x, y)}" stroke="${SERIES[i]}"/>`,
  )
  const axis = `<text x="${x(steps)}" y="${PLOT.height - 6}" class="end">${steps} steps</text>`
  const legend = encoders.map(
    ({ name }, i) => `<span style="--series:${SERIES[i]}">${escapeHtml(name)}</span>`,
  )
  return `<figure><svg viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img"
aria-label="Loss by step">${ticks.join('')}${axis}${curves.join('')}</svg>
<figcaption>${legend.join('')}</figcaption></figure>`
}

function path(
  loss: readonly MetricPoint[],
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const values = smooth(
    loss.map((point) => point.value),
    0.8,
  )
  return loss
    .map(({ step }, i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(values[i]).toFixed(1)}`)
    .join('')
}

function renderPicture({ caption, source }: ReportPicture): string {
  return `<figure><img src="${source}" alt="FAME's mask on ${escapeHtml(caption)}">
<figcaption>${escapeHtml(caption)}</figcaption></figure>`
}
