import type { Chart, ChartData } from 'chart.js'
import type { ChartKind } from '#shared/metrics/catalogue.ts'
import { client } from '../api/client.ts'
import type { Palette } from '../ui/theme/palette.ts'
import { pngOf, svgOf } from './chart-picture.ts'
import type { PlotPoint } from '#shared/figures/curve-plot.ts'
import { saveFile } from '../lib/save-file.ts'

export type SaveFormat = 'csv' | 'png' | 'svg'

export interface SavedChart {
  /** Numbers of the runs that are drawn. */
  runs: readonly number[]
  kind: ChartKind
  chart: Chart | null
  datasets: ChartData<'line', PlotPoint[]>['datasets']
  palette: Palette
  /** Prints a place on the x axis. */
  place: (x: number) => string
}

/** Saves a chart as a picture, or everything that its runs measured as one table each. */
export async function saveChart(format: SaveFormat, saved: SavedChart): Promise<void> {
  const { runs, kind, chart, datasets, palette, place } = saved
  if (format === 'csv') {
    for (const id of runs) await saveTable(id)
    return
  }
  if (!chart) return
  const name = `run-${runs.join('-')}-${kind.name}`
  const svg = svgOf(chart, { title: kind.title, datasets, palette, place })
  if (format === 'svg') return saveFile(`${name}.svg`, new Blob([svg], { type: 'image/svg+xml' }))
  saveFile(`${name}.png`, await pngOf(chart.canvas, palette.panel))
}

async function saveTable(id: number): Promise<void> {
  const pieces: string[] = []
  for await (const piece of await client.runs.csv({ id })) pieces.push(piece)
  saveFile(`run-${id}.csv`, new Blob(pieces, { type: 'text/csv' }))
}
