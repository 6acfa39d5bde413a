import { scaleLinear } from 'd3-scale'
import { text, type Shape } from '#shared/figures/figure.ts'
import { figureAsElement } from '#shared/figures/svg.ts'
import { formatPercent } from '#shared/text/numbers.ts'

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

const x = scaleLinear([0, 1], [LEFT, WIDTH - RIGHT])

/**
 * Shares of several things side by side as SVG: a dot for each repetition, a bar at the mean, a line
 * at chance.
 */
export function dotPlot(title: string, rows: readonly DotRow[], chance: number): string {
  const bottom = TOP + rows.length * ROW
  const middle = { 'text-anchor': 'middle' }
  const shapes = [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      vertical(share, TOP, bottom),
      text(formatPercent(share, 0), x(share), bottom + 18, middle),
    ]),
    vertical(chance, TOP - 6, bottom, 'chance'),
    text('chance', x(chance), TOP - 10, middle),
    ...rows.flatMap((row, i) => rowShapes(row, TOP + (i + 0.5) * ROW)),
  ]
  return figureAsElement({ width: WIDTH, height: bottom + 24, title, shapes })
}

function vertical(share: number, y1: number, y2: number, look?: string): Shape {
  const ends = { x1: x(share), x2: x(share), y1, y2 }
  return { tag: 'line', attrs: look === undefined ? ends : { class: look, ...ends } }
}

function rowShapes({ name, values, isMain }: DotRow, y: number): Shape[] {
  const label = text(name, LEFT - 14, y + 4, { class: 'ink end' })
  if (values.length === 0) return [label]
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const shade = isMain ? 'main' : 'other'
  const reach = { class: `reach ${shade}`, x1: x(0), x2: x(mean), y1: y, y2: y }
  return [
    label,
    { tag: 'line', attrs: reach },
    vertical(mean, y - 8, y + 8, `mean ${shade}`),
    ...values.map((value): Shape => {
      return { tag: 'circle', attrs: { class: shade, cx: x(value), cy: y, r: 4.5 } }
    }),
    text(formatPercent(mean), WIDTH - 4, y + 4, { class: 'ink end' }),
  ]
}
