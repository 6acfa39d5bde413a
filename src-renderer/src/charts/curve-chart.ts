import { Chart, LogarithmicScale, type ChartOptions, type Plugin } from 'chart.js'
import Zoom from 'chartjs-plugin-zoom'
import type { Palette } from '../ui/theme/palette.ts'
import { lineOptions, type LineStyle } from './chart-setup.ts'
import type { CurveDataset } from './curve-lines.ts'
import { tooltipLine } from './curve-tooltip.ts'

Chart.register(LogarithmicScale, Zoom)

export interface CurveChartSetup {
  palette: Palette
  style: LineStyle
  /** Prints a place on the x axis. */
  place: (x: number) => string
  /** Where the x axis is marked in a window. */
  places: (from: number, to: number) => number[]
  logX: boolean
  logY: boolean
  /** What is shown of x; null shows everything. */
  window: { from: number; to: number } | null
  onWindow: (window: { from: number; to: number }) => void
}

type LineOptions = ChartOptions<'line'>

/** A chart of curves whose x can be zoomed with the wheel or by dragging, and moved with Shift. */
export function curveChartOptions(setup: CurveChartSetup): LineOptions {
  const { palette, place } = setup
  const { tooltip, chart } = lineOptions(palette)
  return {
    ...chart,
    interaction: { mode: 'nearestOfEach', intersect: false },
    scales: { x: scaleOfX(setup), y: scaleOfY(setup) },
    plugins: {
      legend: { display: false },
      tooltip: {
        ...tooltip,
        callbacks: {
          title: ([first]) => (first ? place(first.parsed.x ?? 0) : ''),
          label: (item) => {
            const x = item.chart.tooltip?.dataPoints[0]?.parsed.x ?? 0
            return tooltipLine(item, { x, place })
          },
          // Solid, also where the line is faint.
          labelColor: ({ dataset }) => {
            const colour = (dataset as CurveDataset).pointBackgroundColor
            return { borderColor: colour, backgroundColor: colour }
          },
        },
        // An average is told beside what was measured there.
        filter: ({ dataset }) => (dataset as CurveDataset).role === 'measured',
      },
      zoom: zoomOptions(setup),
    },
  }
}

function scaleOfX(setup: CurveChartSetup): NonNullable<LineOptions['scales']>[string] {
  const { palette, window, place, places, logX } = setup
  const { x } = lineOptions(palette)
  const along = {
    ...x,
    min: window?.from,
    max: window?.to,
    ticks: {
      ...x.ticks,
      maxTicksLimit: 6,
      callback: (value: number | string) => place(Number(value)),
    },
  }
  if (logX) return { ...along, type: 'logarithmic' }
  return {
    ...along,
    type: 'linear',
    afterBuildTicks: (axis) => {
      axis.ticks = places(axis.min, axis.max).map((value) => ({ value }))
    },
  }
}

function scaleOfY({ palette, style, logY }: CurveChartSetup) {
  const { y } = lineOptions(palette)
  const print = (value: number | string) => style.print(Number(value))
  const up = { ...y, max: style.max, ticks: { ...y.ticks, maxTicksLimit: 6, callback: print } }
  return logY
    ? { ...up, type: 'logarithmic' as const }
    : { ...up, type: 'linear' as const, min: style.min }
}

function zoomOptions({ palette, onWindow }: CurveChartSetup) {
  const settled = ({ chart }: { chart: Chart }) => {
    const { min, max } = chart.scales.x ?? { min: 0, max: 0 }
    onWindow({ from: min, to: max })
  }
  return {
    zoom: {
      mode: 'x' as const,
      wheel: { enabled: true, speed: 0.08, modifierKey: 'ctrl' as const },
      drag: {
        enabled: true,
        threshold: 6,
        backgroundColor: palette['accent-soft'],
        borderColor: palette.accent,
        borderWidth: 1,
      },
      onZoomComplete: settled,
    },
    pan: {
      enabled: true,
      mode: 'x' as const,
      modifierKey: 'shift' as const,
      onPanComplete: settled,
    },
  }
}

/** Where the pointer is on any of the charts, where the run was resumed, and where its phases begin. */
export interface CurveMarks {
  cursor: number | null
  breaks: readonly number[]
  phases: readonly { at: number; label: string }[]
}

/** Pixels between the line of a phase and its name, and below the chart's top. */
const LABEL = { left: 4, top: 9 }

/** Draws the shared cursor and the breaks over a chart without laying it out again. */
export function marksPlugin(marks: () => CurveMarks, palette: () => Palette): Plugin<'line'> {
  return {
    id: 'marks',
    afterDatasetsDraw(chart) {
      const { cursor, breaks, phases } = marks()
      const colours = palette()
      phases.forEach(({ at, label }, i) => {
        if (i > 0) drawLine(chart, at, colours['border-strong'], [])
        nameStretch(
          chart,
          { from: at, to: phases.at(i + 1)?.at ?? Infinity, label },
          colours['text-3'],
        )
      })
      for (const at of breaks) drawLine(chart, at, colours.warning, [2, 3])
      if (cursor !== null) drawLine(chart, cursor, colours['text-3'], [])
    },
  }
}

/** Names a stretch of the axis at the top of the chart, as far as its name fits into it. */
function nameStretch(
  { ctx, chartArea, scales }: Chart,
  { from, to, label }: { from: number; to: number; label: string },
  colour: string,
): void {
  const place = (x: number): number => scales.x?.getPixelForValue(x) ?? NaN
  const left = Math.max(chartArea.left, place(from))
  const right = Number.isFinite(to) ? Math.min(chartArea.right, place(to)) : chartArea.right
  ctx.save()
  ctx.font = `10px ${getComputedStyle(ctx.canvas).fontFamily}`
  const room = right - left - 2 * LABEL.left
  if (ctx.measureText(label).width <= room) {
    ctx.fillStyle = colour
    ctx.fillText(label, left + LABEL.left, chartArea.top + LABEL.top)
  }
  ctx.restore()
}

function drawLine(chart: Chart, x: number, colour: string, dash: number[]): void {
  const { ctx, chartArea, scales } = chart
  const at = scales.x?.getPixelForValue(x) ?? NaN
  if (!(at >= chartArea.left && at <= chartArea.right)) return
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.moveTo(at, chartArea.top)
  ctx.lineTo(at, chartArea.bottom)
  ctx.stroke()
  ctx.restore()
}
