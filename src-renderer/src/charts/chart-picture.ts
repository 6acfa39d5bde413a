import type { Chart, ChartData } from 'chart.js'
import type { Palette } from '../ui/theme/palette.ts'
import { curvePlotFigure, type PlotPoint } from '#shared/figures/curve-plot.ts'
import { figureAsSvg } from '#shared/figures/svg.ts'

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
  const axisOf = (scale: typeof x, print: (value: number) => string) => ({
    from: scale?.min ?? 0,
    to: scale?.max ?? 1,
    isLog: scale?.type === 'logarithmic',
    marks: (scale?.ticks ?? []).map(({ value, label }) => ({
      at: value,
      text: typeof label === 'string' ? label : print(value),
    })),
  })
  const figure = curvePlotFigure({
    title,
    lines: datasets.map(({ label = '', borderColor, borderWidth, data }) => ({
      label,
      // Lines are drawn in plain colours, without gradients.
      colour: borderColor as string,
      width: Number(borderWidth),
      points: data,
    })),
    x: axisOf(x, place),
    y: axisOf(y, String),
    text: palette['text-2'],
    grid: palette.border,
  })
  return figureAsSvg(figure, palette.panel)
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
