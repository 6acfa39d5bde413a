import type { Palette } from '../../../ui/theme/palette.ts'
import { shareAt, type ConfusionMatrix } from '#shared/metrics/confusion-matrix.ts'
import { escapeXml, svgDocument } from '../../../charts/figure-files.ts'

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
export function classBarsSvg(
  bars: readonly ClassBar[],
  { title, palette, against }: { title: string; palette: Palette; against: string | null },
): string {
  const differs = against !== null
  const zero = NAMES + (differs ? TRACK / 2 : 0)
  const body = [
    `<text x="12" y="22" fill="${palette.text}" font-size="13" font-weight="600">${escapeXml(title)}</text>`,
    `<line x1="${zero}" y1="34" x2="${zero}" y2="${40 + ROW * bars.length}" stroke="${palette['border-strong']}"/>`,
  ]
  bars.forEach((bar, i) => {
    const y = 38 + i * ROW
    const share = differs ? differenceOf(bar) : bar.value
    const width = Math.abs(share) * (differs ? TRACK / 2 : TRACK)
    const colour = share < 0 ? palette.danger : differs ? palette.positive : palette.accent
    const x = share < 0 ? zero - width : zero
    const sign = differs && share > 0 ? '+' : ''
    body.push(
      `<text x="${NAMES - 8}" y="${y + 12}" text-anchor="end" fill="${palette['text-2']}">${escapeXml(bar.name)}</text>`,
      `<rect x="${x.toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 7}" fill="${colour}"/>`,
      `<text x="${NAMES + TRACK + 54}" y="${y + 12}" text-anchor="end" fill="${palette.text}">${sign}${(100 * share).toFixed(1)}</text>`,
    )
  })
  const height = 52 + ROW * bars.length
  return svgDocument({
    width: NAMES + TRACK + 66,
    height,
    background: palette.panel,
    title,
    body,
  })
}

/** A difference of two shares in points, with its sign. */
export function signedPoints(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`
}
