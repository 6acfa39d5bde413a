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
import type { Palette } from '../theme/palette.ts'
import { formatNumber } from './format.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Filler)

export interface LineStyle {
  /** Prints a value on the axis and in the tooltip. */
  print: (value: number) => string
  /** Bounds of the value axis; left out: as the data has them. */
  min?: number
  max?: number
}

/** A curve over optimiser steps: no animation, since it grows all the time. */
export function lineOptions(palette: Palette, style: LineStyle): ChartOptions<'line'> {
  const font = { family: 'Inter Variable, system-ui, sans-serif', size: 11 }
  const ticks = { color: palette['text-3'], font, maxRotation: 0, padding: 6 }
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    parsing: false,
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { top: 6, right: 10 } },
    elements: { point: { radius: 0, hoverRadius: 3 }, line: { tension: 0 } },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        bounds: 'data',
        border: { color: palette.border },
        grid: { display: false },
        ticks: {
          ...ticks,
          maxTicksLimit: 8,
          callback: (value, _index, all) => stepLabel(Number(value), all),
        },
      },
      y: {
        min: style.min,
        max: style.max,
        border: { display: false },
        grid: { color: palette.border },
        ticks: { ...ticks, maxTicksLimit: 6, callback: (value) => style.print(Number(value)) },
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: palette.overlay,
        borderColor: palette['border-strong'],
        borderWidth: 1,
        titleColor: palette['text-2'],
        bodyColor: palette.text,
        titleFont: { ...font, weight: 500 },
        bodyFont: font,
        padding: 8,
        boxPadding: 4,
        boxWidth: 8,
        boxHeight: 8,
        callbacks: {
          title: ([first]) => `Step ${first ? formatNumber(first.parsed.x ?? 0) : ''}`,
          label: ({ dataset, parsed }) => ` ${dataset.label}: ${style.print(parsed.y ?? 0)}`,
        },
      },
    },
  }
}

/** Round steps alone: the scale also ends at the last step, whatever it is. */
function stepLabel(value: number, all: readonly { value: number }[]): string {
  const spacing = (all[1]?.value ?? 1) - (all[0]?.value ?? 0)
  return value % spacing === 0 ? formatNumber(value) : ''
}
