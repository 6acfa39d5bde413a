import { scaleLinear, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'
import { formatPercent } from '../text/numbers.ts'
import { DIGITS, round, text, type Figure, type FigurePalette, type Shape } from './figure.ts'
import { layerLabel, type KernelSeries } from './violins.ts'

const HEIGHT = 190
const LEFT = 56
const RIGHT = 8
const TOP = 12
const BOTTOM = 70

/** How much of each layer's kernels is change over time, a line an encoder. */
export function changeFigure(
  series: readonly KernelSeries[],
  { palette, width: room }: { palette: FigurePalette; width: number },
): Figure {
  const names = [...new Set(series.flatMap(({ layers }) => layers.map(({ name }) => name)))]
  const width = Math.max(room, LEFT + names.length * 24)
  const places = scalePoint(names, [LEFT, width - RIGHT]).padding(0.5)
  const x = (name: string): number => places(name) ?? LEFT
  const y = scaleLinear([0, 1], [HEIGHT - BOTTOM, TOP])
  const path = line<KernelSeries['layers'][number]>()
    .x(({ name }) => x(name))
    .y(({ change }) => y(change))
    .digits(DIGITS)
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
        d: path(layers) ?? '',
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
