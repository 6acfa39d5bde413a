import {
  playsAPart,
  settingsFor,
  type EvaluationSettingName,
} from '../config/evaluation-settings.ts'
import type { Protocol } from '../tasks/index.ts'
import type { DatasetFormat } from '../contract/indexing.ts'
import { printSetting, type Measured } from './protocol-sentence.ts'

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
/** How some methods of one source were evaluated, as far as it is known. */
export interface StatedProtocol {
  source: string
  methods: readonly string[]
  protocol: string
  /** By the names of the settings here. */
  settings: Partial<Record<EvaluationSettingName, number | string | boolean>>
  /** Where that is from. */
  from: string
}
export interface Published {
  sources: Record<string, string>
  protocols: readonly StatedProtocol[]
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
  /** How it was evaluated, by protocol, where that is known. */
  stated: Partial<Record<string, StatedProtocol>>
}

/** The sign of a published number that was made otherwise than those above it. */
export const OTHERWISE = '≠'

/**
 * In what a published number was made otherwise than one here, a phrase each; none where it is known
 * to be made alike.
 */
export function madeOtherwise(
  { stated }: Pick<PublishedRow, 'stated'>,
  { protocol, settings }: Measured,
): string[] {
  const theirs = stated[protocol]
  if (!theirs) return ['how it was evaluated is not recorded here and may differ']
  const known = { ...settings, ...theirs.settings }
  return settingsFor(protocol).flatMap(([name, row]) => {
    const there = theirs.settings[name]
    if (there === undefined || there === settings[name]) return []
    // Milestones say nothing where neither rate falls in steps.
    if (!playsAPart(row, known)) return []
    return [`${row.label}: ${printSetting(settings[name])} here, ${printSetting(there)} there`]
  })
}

const benchmarks: Partial<Record<DatasetFormat, { name: string; classes: number }>> = {
  ucf101: { name: 'UCF101', classes: 101 },
  hmdb51: { name: 'HMDB51', classes: 51 },
  diving48: { name: 'Diving48 V2', classes: 48 },
  kinetics: { name: 'Kinetics-400', classes: 400 },
  davis: { name: 'DAVIS 2017 val', classes: 0 },
}

/**
 * What papers call a data set; null where they report on none like it. Another one may be laid out
 * as a benchmark is, and has other classes.
 * @param classes how many there are
 */
export function benchmarkOf(format: DatasetFormat, classes: number): string | null {
  const known = benchmarks[format]
  return known?.classes === classes ? known.name : null
}

/** The key of a value in a row of published results. */
export function publishedKey(protocol: Protocol, score: string): string {
  return `${protocol} ${score}`
}

/**
 * One row for each method, data set, pretraining, encoder and input, with all its scores.
 * @param dataset as papers call it; left out, all
 */
export function publishedRows(
  { sources, protocols, results }: Published,
  dataset?: string,
): PublishedRow[] {
  const rows = new Map<string, PublishedRow>()
  for (const result of results) {
    if (dataset !== undefined && result.dataset !== dataset) continue
    const { method, pretrain = 'nothing', backbone, input = '', note = '' } = result
    const key = [method, result.dataset, pretrain, backbone].join('|')
    const source = sources[result.source] ?? result.source
    const kept = { key, method, dataset: result.dataset, pretrain, backbone, input, source, note }
    const row = rows.get(key) ?? { ...kept, values: {}, stated: {} }
    row.stated[result.protocol] ??= protocols.find(
      (one) =>
        one.source === result.source &&
        one.protocol === result.protocol &&
        one.methods.includes(method),
    )
    row.values[`${result.protocol} ${result.metric}`] = Math.round(10 * result.value) / 1000
    rows.set(key, row)
  }
  return [...rows.values()]
}
