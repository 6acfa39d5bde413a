import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  Tooltip,
  type ChartOptions,
} from 'chart.js'
import type { Palette } from '../ui/theme/palette.ts'
import { formatCount } from '../lib/format.ts'

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip)

export interface BarStyle {
  /** A press anywhere over a bar. */
  pick: (index: number) => void
}

/** Letters of a label under a bar; the tooltip has all of it. */
const LETTERS = 16

/** A small bar chart of counts, with as many labels under the bars as fit. */
export function barOptions(palette: Palette, { pick }: BarStyle): ChartOptions<'bar'> {
  const font = { family: 'Inter Variable, system-ui, sans-serif', size: 11 }
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    layout: { padding: 0 },
    onClick: (_event, [bar]) => {
      if (bar) pick(bar.index)
    },
    onHover: (event, bars) => {
      const target = event.native?.target
      if (target instanceof HTMLElement) target.style.cursor = bars.length > 0 ? 'pointer' : ''
    },
    scales: {
      x: {
        grid: { display: false },
        border: { color: palette.border },
        ticks: {
          color: palette['text-3'],
          font,
          maxRotation: 0,
          callback(value) {
            const label = this.getLabelForValue(Number(value))
            return label.length > LETTERS ? `${label.slice(0, LETTERS - 1)}…` : label
          },
          autoSkipPadding: 6,
          padding: 2,
        },
      },
      y: {
        beginAtZero: true,
        border: { display: false },
        grid: { color: palette.border },
        ticks: { color: palette['text-3'], font, maxTicksLimit: 3, precision: 0 },
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: palette.overlay,
        borderColor: palette['border-strong'],
        borderWidth: 1,
        titleColor: palette.text,
        bodyColor: palette['text-2'],
        titleFont: { ...font, weight: 500 },
        bodyFont: font,
        padding: 8,
        displayColors: false,
        callbacks: { label: ({ parsed }) => `${formatCount(parsed.y ?? 0)} videos` },
      },
    },
  }
}
