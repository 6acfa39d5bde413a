import { escapeHtml } from './page.ts'

/** One line of a dot plot: the values of repetitions and their mean. */
export interface DotRow {
  name: string
  /** In [0, 1]. */
  values: readonly number[]
  /** Emphasis: drawn in the second colour. */
  isMain?: boolean
}

const ROW = 26
const LEFT = 210
const RIGHT = 76
const WIDTH = 780
const TOP = 26

/**
 * Shares of several things side by side as SVG: a dot for each repetition, a bar at the mean, a line
 * at chance.
 */
export function dotPlot(title: string, rows: readonly DotRow[], chance: number): string {
  const height = TOP + rows.length * ROW + 24
  const x = (share: number): string => (LEFT + share * (WIDTH - LEFT - RIGHT)).toFixed(1)
  const bottom = TOP + rows.length * ROW
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${x(share)}" x2="${x(share)}" y1="${TOP}" y2="${bottom}"/>` +
      `<text x="${x(share)}" y="${bottom + 18}" text-anchor="middle">${100 * share} %</text>`,
  )
  const guess =
    `<line class="chance" x1="${x(chance)}" x2="${x(chance)}" y1="${TOP - 6}" y2="${bottom}"/>` +
    `<text x="${x(chance)}" y="${TOP - 10}" text-anchor="middle">chance</text>`
  const lines = rows.map((row, i) => drawRow(row, TOP + (i + 0.5) * ROW, x))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" ` +
    `aria-label="${escapeHtml(title)}">${ticks.join('')}${guess}${lines.join('')}</svg>`
  )
}

function drawRow(
  { name, values, isMain }: DotRow,
  y: number,
  x: (share: number) => string,
): string {
  const label = `<text class="ink end" x="${LEFT - 14}" y="${y + 4}">${escapeHtml(name)}</text>`
  if (values.length === 0) return label
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const shade = isMain ? 'main' : 'other'
  const dots = values.map(
    (value) => `<circle class="${shade}" cx="${x(value)}" cy="${y}" r="4.5"/>`,
  )
  return (
    label +
    `<line class="reach ${shade}" x1="${x(0)}" x2="${x(mean)}" y1="${y}" y2="${y}"/>` +
    `<line class="mean ${shade}" x1="${x(mean)}" x2="${x(mean)}" y1="${y - 8}" y2="${y + 8}"/>` +
    dots.join('') +
    `<text class="ink end" x="${WIDTH - 4}" y="${y + 4}">${(100 * mean).toFixed(1)} %</text>`
  )
}
