import type { Protocol } from '#shared/contract/evaluations.ts'
import { scoreLabel } from './scores.ts'

export interface PublishedResult {
  method: string
  dataset: string
  protocol: string
  metric: string
  /** Per cent. */
  value: number
  pretrain?: string
  backbone: string
  source: string
}
export interface Published {
  sources: Record<string, string>
  results: readonly PublishedResult[]
}
export interface PublishedRow {
  key: string
  method: string
  dataset: string
  pretrain: string
  backbone: string
  source: string
  /** By metric, in per cent. */
  values: Record<string, number>
}

/** One row for each method, data set and encoder, with all its metrics. */
export function publishedTable(
  { sources, results }: Published,
  protocol: Protocol,
): { metrics: string[]; rows: PublishedRow[] } {
  const rows = new Map<string, PublishedRow>()
  const metrics = new Set<string>()
  for (const result of results) {
    if (result.protocol !== protocol) continue
    const { method, dataset, pretrain = '', backbone } = result
    const key = [method, dataset, pretrain, backbone].join('|')
    const source = sources[result.source] ?? result.source
    const row = rows.get(key) ?? { key, method, dataset, pretrain, backbone, source, values: {} }
    const metric = scoreLabel(result.metric)
    row.values[metric] = result.value
    metrics.add(metric)
    rows.set(key, row)
  }
  return { metrics: [...metrics], rows: [...rows.values()] }
}
