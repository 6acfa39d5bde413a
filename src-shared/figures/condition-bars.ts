import { scaleLinear, type ScaleLinear } from 'd3-scale'
import {
  BACKGROUND_CONDITIONS,
  type BackgroundArtefact,
  type BackgroundCondition,
} from '../tasks/background/artefact.ts'
import { formatPercent } from '../text/numbers.ts'
import { text, type Figure, type FigurePalette, type Shape } from './figure.ts'

/** Background sensitivity of one encoder. */
export interface SensitivitySeries {
  name: string
  colour: string
  artefact: BackgroundArtefact
  /** 95 % interval of what another class's background costs; null for an evaluation without one. */
  gapInterval: [number, number] | null
}

/** What the conditions are called, and what they are. */
export const conditionNames: Record<BackgroundCondition, { label: string; hint: string }> = {
  original: { label: 'Original', hint: 'The test videos as they are' },
  sameClass: {
    label: 'Same-class background',
    hint: 'The foreground on the background of another video of its class',
  },
  swapped: {
    label: 'Other-class background',
    hint: 'The foreground on the background of a video of another class',
  },
  backgroundOnly: {
    label: 'Background alone',
    hint: 'The foreground is filled with the background seen there in other frames, or with the background’s mean colour',
  },
  foregroundOnly: {
    label: 'Foreground alone',
    hint: 'The background is filled with the mean colour of Kinetics, which the encoder sees as 0',
  },
}

const HEIGHT = 264
const LEFT = 48
const TOP = 22
const BOTTOM = 48
const GAP = 28
/** Room for what is said beside the line of chance. */
const RIGHT = 46

/** Pixels from above of a share. */
type ShareScale = ScaleLinear<number, number>

/** Accuracy under every condition, with 95 % intervals, encoders beside one another. */
export function conditionFigure(
  series: readonly SensitivitySeries[],
  { palette, width: room }: { palette: FigurePalette; width: number },
): Figure {
  const groups = BACKGROUND_CONDITIONS.length
  const width = Math.max(room, LEFT + RIGHT + groups * (GAP + 18 * series.length))
  const step = (width - LEFT - RIGHT) / groups
  const bar = Math.min(54, (step - GAP) / Math.max(1, series.length))
  const y = scaleLinear([0, 1], [HEIGHT - BOTTOM, TOP])
  const shapes = [
    ...gridShapes(y, width, palette),
    ...BACKGROUND_CONDITIONS.flatMap((name, group) => {
      const middle = LEFT + (group + 0.5) * step
      const left = middle - (bar * series.length) / 2
      const { label } = conditionNames[name]
      return [
        // Two words side by side would run into the next label.
        ...label.split(' ').map((word, line) =>
          text(word, middle, HEIGHT - BOTTOM + 18 + 14 * line, {
            'text-anchor': 'middle',
            fill: palette['text-2'],
          }),
        ),
        ...series.flatMap((one, i) => barShapes(one, name, { x: left + i * bar, bar, y, palette })),
      ]
    }),
    ...chanceShapes(series, y, width, palette),
  ]
  return { width, height: HEIGHT, title: 'Accuracy as the background changes', shapes }
}

function gridShapes(y: ShareScale, width: number, palette: FigurePalette): Shape[] {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share): Shape[] => [
    {
      tag: 'line',
      attrs: { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), stroke: palette.border },
    },
    text(formatPercent(share, 0), LEFT - 8, y(share) + 4, {
      'text-anchor': 'end',
      fill: palette['text-3'],
    }),
  ])
}

interface BarPlace {
  x: number
  bar: number
  y: ShareScale
  palette: FigurePalette
}

function barShapes(
  { name: run, colour, artefact }: SensitivitySeries,
  condition: BackgroundCondition,
  { x, bar, y, palette }: BarPlace,
): Shape[] {
  const found = artefact.conditions.find(({ name }) => name === condition)
  if (!found) return []
  const { accuracy, interval } = found
  const middle = x + bar / 2
  const [low, high] = interval
  const range = `${formatPercent(low)} to ${formatPercent(high)}`
  const whisker = { x1: middle, x2: middle, y1: y(low), y2: y(high), stroke: palette.text }
  return [
    {
      tag: 'rect',
      attrs: {
        x: x + 1.5,
        y: y(accuracy),
        width: Math.max(1, bar - 3),
        height: y(0) - y(accuracy),
        rx: 2,
        fill: colour,
        'fill-opacity': 0.75,
      },
      hint: `${run}: ${formatPercent(accuracy)} (95 % interval ${range})\n${conditionNames[condition].hint}`,
    },
    { tag: 'line', attrs: { ...whisker, 'stroke-opacity': 0.75, 'pointer-events': 'none' } },
    ...(bar >= 34
      ? [
          text(formatPercent(accuracy, 0), middle, y(high) - 6, {
            'text-anchor': 'middle',
            fill: palette.text,
            'font-weight': 600,
          }),
        ]
      : []),
  ]
}

function chanceShapes(
  series: readonly SensitivitySeries[],
  y: ShareScale,
  width: number,
  palette: FigurePalette,
): Shape[] {
  const classes = series[0]?.artefact.classes.length ?? 0
  if (classes === 0) return []
  const at = y(1 / classes)
  const line = { x1: LEFT, x2: width - RIGHT, y1: at, y2: at }
  return [
    {
      tag: 'line',
      attrs: { ...line, stroke: palette['text-3'], 'stroke-dasharray': '4 4' },
    },
    text('chance', width - RIGHT + 6, at + 4, { fill: palette['text-3'] }),
  ]
}
