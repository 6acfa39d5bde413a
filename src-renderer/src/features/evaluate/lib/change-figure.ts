import type { Palette } from '../../../ui/theme/palette.ts'
import { round, text, type Figure, type Shape } from '../../../charts/figure.ts'
import { formatPercent } from '../../../lib/format.ts'
import { layerLabel, type KernelSeries } from '../../../charts/violins.ts'

const HEIGHT = 190
const LEFT = 56
const RIGHT = 8
const TOP = 12
const BOTTOM = 70

/** How much of each layer's kernels is change over time, a line an encoder. */
export function changeFigure(
  series: readonly KernelSeries[],
  { palette, width: room }: { palette: Palette; width: number },
): Figure {
  const names = [...new Set(series.flatMap(({ layers }) => layers.map(({ name }) => name)))]
  const width = Math.max(room, LEFT + names.length * 24)
  const step = (width - LEFT - RIGHT) / Math.max(1, names.length)
  const x = (name: string): number => LEFT + (names.indexOf(name) + 0.5) * step
  const y = (share: number): number => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share): Shape[] => [
    {
      tag: 'line',
      attrs: { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), stroke: palette.border },
    },
    text(formatPercent(share, 0), LEFT - 8, y(share) + 4, {
      'text-anchor': 'end',
      fill: palette['text-3'],
    }),
  ])
  const labels = names.map((name) => {
    const [at, below] = [round(x(name)), HEIGHT - BOTTOM + 14]
    const turned = { 'text-anchor': 'end', transform: `rotate(-38 ${at} ${below})` }
    return text(layerLabel(name), at, below, { fill: palette['text-2'], ...turned })
  })
  const lines = series.flatMap(({ name, colour, layers }): Shape[] => [
    {
      tag: 'path',
      attrs: {
        d: `M${layers.map((layer) => `${round(x(layer.name))} ${round(y(layer.change))}`).join('L')}`,
        fill: 'none',
        stroke: colour,
        'stroke-width': 1.5,
      },
    },
    ...layers.map((layer): Shape => ({
      tag: 'circle',
      attrs: { cx: x(layer.name), cy: y(layer.change), r: 3.5, fill: colour },
      hint: `${name}: ${layerLabel(layer.name)}, ${formatPercent(layer.change)}`,
    })),
  ])
  const title = 'Share of the kernels’ energy that is change over time'
  return { width, height: HEIGHT, title, shapes: [...grid, ...labels, ...lines] }
}
