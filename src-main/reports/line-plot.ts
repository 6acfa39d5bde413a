import { smooth } from '#shared/metrics/curves.ts'
import { escapeHtml } from './page.ts'

export interface PlottedLine {
  name: string
  /** Any CSS colour. */
  colour: string
  points: readonly { step: number; value: number }[]
}

const PLOT = { width: 720, height: 260, left: 44, bottom: 28, top: 10, right: 10 }
/** Weight of the past in the moving average. */
const SMOOTHING = 0.8

/** Smoothed curves over steps, from zero, as a figure with a legend. */
export function linePlot(title: string, lines: readonly PlottedLine[]): string {
  const steps = greatest(lines, ({ step }) => step)
  const top = greatest(lines, ({ value }) => value)
  const x = (step: number): number =>
    PLOT.left + (step / steps) * (PLOT.width - PLOT.left - PLOT.right)
  const y = (value: number): number =>
    PLOT.height - PLOT.bottom - (value / top) * (PLOT.height - PLOT.bottom - PLOT.top)
  const ticks = Array.from({ length: Math.floor(top) + 1 }, (_, value) => {
    const line = `<line x1="${PLOT.left}" x2="${PLOT.width - PLOT.right}" y1="${y(value)}" y2="${y(value)}"/>`
    return `${line}<text x="${PLOT.left - 8}" y="${y(value) + 4}" class="end">${value}</text>`
  })
  const curves = lines.map(
    ({ points, colour }) => `<path d="${path(points, x, y)}" stroke="${colour}"/>`,
  )
  const axis = `<text x="${x(steps)}" y="${PLOT.height - 6}" class="end">${steps} steps</text>`
  const legend = lines.map(
    ({ name, colour }) => `<span style="--series:${colour}">${escapeHtml(name)}</span>`,
  )
  return `<figure><svg viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img"
aria-label="${escapeHtml(title)}">${ticks.join('')}${axis}${curves.join('')}</svg>
<figcaption>${legend.join('')}</figcaption></figure>`
}

/** At least 1, so that there is something to divide by. */
function greatest(
  lines: readonly PlottedLine[],
  of: (point: PlottedLine['points'][number]) => number,
): number {
  return lines.reduce((most, { points }) => points.reduce((m, p) => Math.max(m, of(p)), most), 1)
}

function path(
  points: PlottedLine['points'],
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const values = smooth(
    points.map(({ value }) => value),
    SMOOTHING,
  )
  return points
    .map(({ step }, i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(values[i]).toFixed(1)}`)
    .join('')
}
