import { scaleLinear } from 'd3-scale'
import { shareAt, type ConfusionMatrix } from '../metrics/confusion-matrix.ts'
import { text, type Figure, type FigurePalette, type Shape } from './figure.ts'

export interface ClassBar {
  /** Index of the class. */
  of: number
  name: string
  videos: number
  /** Part of its videos that were recognised, [0, 1]. */
  value: number
  /** The same of another evaluation; null where there is none. */
  other: number | null
}
export type BarOrder = 'index' | 'value' | 'difference'

/** The accuracy of each class, beside that of another evaluation with classes of the same names. */
export function classBars(matrix: ConfusionMatrix, other: ConfusionMatrix | null): ClassBar[] {
  const others = new Map(other?.names.map((name, i) => [name, i]))
  return matrix.names.map((name, of) => {
    const there = others.get(name)
    return {
      of,
      name,
      videos: matrix.videos[of] ?? 0,
      value: shareAt(matrix, of, of),
      other: other && there !== undefined ? shareAt(other, there, there) : null,
    }
  })
}

export function differenceOf({ value, other }: ClassBar): number {
  return other === null ? 0 : value - other
}

/** Bars with the least first, or as the classes come. */
export function sortBars(bars: readonly ClassBar[], by: BarOrder, descending: boolean): ClassBar[] {
  const sign = descending ? -1 : 1
  const byName = (a: ClassBar, b: ClassBar) => a.name.localeCompare(b.name, 'en', { numeric: true })
  const compare: Record<BarOrder, (a: ClassBar, b: ClassBar) => number> = {
    index: (a, b) => a.of - b.of,
    value: (a, b) => a.value - b.value || byName(a, b),
    difference: (a, b) => differenceOf(a) - differenceOf(b) || byName(a, b),
  }
  return bars.toSorted((a, b) => sign * compare[by](a, b))
}

const ROW = 18
const NAMES = 190
const TRACK = 420

/** Bars as a drawing: the accuracy, or the difference from the other evaluation. */
export function classBarsFigure(
  bars: readonly ClassBar[],
  { title, palette, against }: { title: string; palette: FigurePalette; against: string | null },
): Figure {
  const differs = against !== null
  const x = scaleLinear([differs ? -1 : 0, 1], [NAMES, NAMES + TRACK])
  const axis = { x1: x(0), x2: x(0), y1: 34, y2: 40 + ROW * bars.length }
  const shapes: Shape[] = [
    text(title, 12, 22, { fill: palette.text, 'font-size': 13, 'font-weight': 600 }),
    { tag: 'line', attrs: { ...axis, stroke: palette['border-strong'] } },
    ...bars.flatMap((bar, i) => rowShapes(bar, 38 + i * ROW, x, { palette, differs })),
  ]
  return { width: NAMES + TRACK + 66, height: 52 + ROW * bars.length, title, shapes }
}

function rowShapes(
  bar: ClassBar,
  y: number,
  x: (share: number) => number,
  { palette, differs }: { palette: FigurePalette; differs: boolean },
): Shape[] {
  const share = differs ? differenceOf(bar) : bar.value
  const fill = share < 0 ? palette.danger : differs ? palette.positive : palette.accent
  const [left, right] = [Math.min(0, share), Math.max(0, share)].map(x)
  const end = { 'text-anchor': 'end' }
  return [
    text(bar.name, NAMES - 8, y + 12, { ...end, fill: palette['text-2'] }),
    {
      tag: 'rect',
      attrs: { x: left, y: y + 3, width: right - left, height: ROW - 7, fill },
    },
    text(differs ? signedPoints(share) : (100 * share).toFixed(1), NAMES + TRACK + 54, y + 12, {
      ...end,
      fill: palette.text,
    }),
  ]
}

/** A difference of two shares in points, with its sign. */
export function signedPoints(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`
}
