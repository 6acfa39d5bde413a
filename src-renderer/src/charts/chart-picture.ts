import type { Chart, ChartData } from 'chart.js'
import type { Palette } from '../ui/theme/palette.ts'
import { curvesAsSvg } from './curve-svg.ts'
import type { PlotPoint } from '../features/runs/lib/live-curve.ts'

export interface ChartPicture {
  title: string
  datasets: ChartData<'line', PlotPoint[]>['datasets']
  palette: Palette
  /** Prints a place on the x axis. */
  place: (x: number) => string
}

/** A chart of lines as it is on the screen, as SVG. */
export function svgOf({ scales: { x, y } }: Pick<Chart, 'scales'>, picture: ChartPicture): string {
  const { title, datasets, palette, place } = picture
  const marks = (scale: typeof x, print: (value: number) => string) =>
    scale?.ticks.map(({ value, label }) => ({
      at: value,
      text: typeof label === 'string' ? label : print(value),
    })) ?? []
  return curvesAsSvg({
    title,
    lines: datasets.map(({ label = '', borderColor, borderWidth, data }) => ({
      label,
      colour: String(borderColor),
      width: Number(borderWidth),
      points: data,
    })),
    x: { from: x?.min ?? 0, to: x?.max ?? 1, marks: marks(x, place) },
    y: { from: y?.min ?? 0, to: y?.max ?? 1, marks: marks(y, String) },
    logX: x?.type === 'logarithmic',
    logY: y?.type === 'logarithmic',
    text: palette['text-2'],
    grid: palette.border,
    background: palette.panel,
  })
}

/** A canvas over a background, as PNG. @throws Error where the browser cannot. */
export function pngOf(canvas: HTMLCanvasElement, background: string): Promise<Blob> {
  const whole = document.createElement('canvas')
  whole.width = canvas.width
  whole.height = canvas.height
  const context = whole.getContext('2d')
  if (context) {
    context.fillStyle = background
    context.fillRect(0, 0, whole.width, whole.height)
    context.drawImage(canvas, 0, 0)
  }
  return new Promise((resolve, reject) =>
    whole.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error('The browser could not draw the picture.')),
    ),
  )
}
