import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartOptions,
} from 'chart.js'
import type { Palette } from '../ui/theme/palette.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Filler)

export interface LineStyle {
  /** Prints a value on the axis and in the tooltip. */
  print: (value: number) => string
  /** Bounds of the value axis; left out: as the data has them. */
  min?: number
  max?: number
}

/** What all charts of lines share; no animation, since they grow all the time. */
export function lineOptions(palette: Palette) {
  const font = { family: 'Inter Variable, system-ui, sans-serif', size: 11 }
  const ticks = { color: palette['text-3'], font, maxRotation: 0, padding: 6 }
  return {
    x: {
      bounds: 'data' as const,
      border: { color: palette.border },
      grid: { display: false },
      ticks,
    },
    y: { border: { display: false }, grid: { color: palette.border }, ticks },
    tooltip: {
      backgroundColor: palette.overlay,
      borderColor: palette['border-strong'],
      borderWidth: 1,
      titleColor: palette['text-2'],
      bodyColor: palette.text,
      titleFont: { ...font, weight: 500 as const },
      bodyFont: font,
      padding: 8,
      boxPadding: 4,
      boxWidth: 8,
      boxHeight: 8,
    },
    chart: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      normalized: true,
      parsing: false,
      layout: { padding: { top: 6, right: 10 } },
      elements: { point: { radius: 0, hoverRadius: 3 }, line: { tension: 0 } },
    } satisfies ChartOptions<'line'>,
  }
}
