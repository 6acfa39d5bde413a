import type { DatasetFormat } from '#shared/contract/indexing.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Protocol } from '#shared/contract/evaluations.ts'

export interface PublishedResult {
  method: string
  dataset: string
  protocol: string
  metric: string
  /** Per cent. */
  value: number
  pretrain?: string
  backbone: string
  /** Frames x height x width. */
  input?: string
  source: string
  note?: string
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
  input: string
  source: string
  note: string
  /** By `protocol score`, such as `linear top1`, in [0, 1]. */
  values: Record<string, number>
}

const benchmarks: Partial<Record<DatasetFormat, { name: string; classes: number }>> = {
  ucf101: { name: 'UCF101', classes: 101 },
  hmdb51: { name: 'HMDB51', classes: 51 },
  diving48: { name: 'Diving48 V2', classes: 48 },
  kinetics: { name: 'Kinetics-400', classes: 400 },
}

/**
 * What papers call a data set; null where they report on none like it. Another one may be laid out
 * as a benchmark is, and has other classes.
 */
export function benchmarkOf({
  format,
  classes,
}: Pick<Dataset, 'format' | 'classes'>): string | null {
  const known = benchmarks[format]
  return known?.classes === classes.length ? known.name : null
}

/** The key of a value in a row of published results. */
export function publishedKey(protocol: Protocol, score: string): string {
  return `${protocol} ${score}`
}

/**
 * One row for each method, data set, pretraining, encoder and input, with all its scores.
 * @param dataset as papers call it; left out, all
 */
export function publishedRows({ sources, results }: Published, dataset?: string): PublishedRow[] {
  const rows = new Map<string, PublishedRow>()
  for (const result of results) {
    if (dataset !== undefined && result.dataset !== dataset) continue
    const { method, pretrain = 'nothing', backbone, input = '', note = '' } = result
    const key = [method, result.dataset, pretrain, backbone].join('|')
    const source = sources[result.source] ?? result.source
    const kept = { key, method, dataset: result.dataset, pretrain, backbone, input, source, note }
    const row = rows.get(key) ?? { ...kept, values: {} }
    row.values[`${result.protocol} ${result.metric}`] = Math.round(10 * result.value) / 1000
    rows.set(key, row)
  }
  return [...rows.values()]
}
