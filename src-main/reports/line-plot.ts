import { scaleLinear, type ScaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { DIGITS, text, type Shape } from '#shared/figures/figure.ts'
import { figureAsElement } from '#shared/figures/svg.ts'
import { smooth } from '#shared/metrics/curves.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { formatNumber } from '#shared/text/numbers.ts'

export interface PlottedLine {
  name: string
  /** Any CSS colour. */
  colour: string
  points: readonly { step: number; value: number }[]
}

const PLOT = { width: 720, height: 260, left: 44, bottom: 28, top: 10, right: 10 }
/** Weight of the past in the moving average. */
const SMOOTHING = 0.8
/** About as many marks on the axis of values. */
const TICKS = 5

/** Smoothed curves over steps as a figure with a legend; zero is always in sight. */
export function linePlot(title: string, lines: readonly PlottedLine[]): string {
  const steps = extent(lines, ({ step }) => step).high || 1
  const { low, high } = extent(lines, ({ value }) => value)
  const x = scaleLinear([0, steps], [PLOT.left, PLOT.width - PLOT.right])
  // An axis shorter than 1 would show noise as if it were a change.
  const y = scaleLinear([low, Math.max(high, low + 1)], [PLOT.height - PLOT.bottom, PLOT.top])
  const path = line<{ step: number; value: number }>()
    .defined(({ value }) => Number.isFinite(value))
    .x(({ step }) => x(step))
    .y(({ value }) => y(value))
    .digits(DIGITS)
  const shapes: Shape[] = [
    ...marks(y),
    text(`${steps} steps`, x(steps), PLOT.height - 6, { class: 'end' }),
    ...lines.map(({ points, colour }): Shape => {
      return { tag: 'path', attrs: { d: path(smoothed(points)) ?? '', stroke: colour } }
    }),
  ]
  const legend = lines.map(
    ({ name, colour }) => `<span style="--series:${colour}">${escapeMarkup(name)}</span>`,
  )
  return `<figure>${figureAsElement({ width: PLOT.width, height: PLOT.height, title, shapes })}
<figcaption>${legend.join('')}</figcaption></figure>`
}

function marks(y: ScaleLinear<number, number>): Shape[] {
  return y.ticks(TICKS).flatMap((value): Shape[] => {
    const ends = { x1: PLOT.left, x2: PLOT.width - PLOT.right, y1: y(value), y2: y(value) }
    return [
      { tag: 'line', attrs: ends },
      text(formatNumber(value), PLOT.left - 8, y(value) + 4, { class: 'end' }),
    ]
  })
}

/** From the least value to the greatest, 0 among them. Values that are not finite do not count. */
function extent(
  lines: readonly PlottedLine[],
  of: (point: PlottedLine['points'][number]) => number,
): { low: number; high: number } {
  let [low, high] = [0, 0]
  for (const value of lines.flatMap(({ points }) => points.map(of)).filter(Number.isFinite)) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, high }
}

function smoothed(points: PlottedLine['points']): { step: number; value: number }[] {
  const values = smooth(
    points.map(({ value }) => value),
    SMOOTHING,
  )
  return points.map(({ step }, i) => ({ step, value: values[i] }))
}
