import { allSettings } from '#shared/config/pretrain-config.ts'
import { isImported } from '#shared/config/presets.ts'
import type { CurvePoint, RunValues } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import { mainMetrics, kindOfMetric, metricMeaning } from '#shared/metrics/catalogue.ts'
import { ofPart } from '#shared/metrics/part-metrics.ts'
import { methodOf } from '#shared/methods/index.ts'
import { partsOf } from '#shared/methods/parts.ts'
import { printDraws } from '#shared/report/scores.ts'
import type { TextTable } from '#shared/report/table.ts'
import {
  choiceAxis,
  numberAxis,
  type Difference,
  type ParallelAxis,
  type RunScores,
} from './compare.ts'
import { formatCount, formatPercent, printMetric } from '../../../lib/format.ts'
import { compareKeys } from './run-choice.ts'
import { wholePartsText } from './part-list.ts'
import { settingText } from './setting-text.ts'

/** One cell: what is shown, what it is sorted by, and what is copied. */
export interface CompareCell {
  shown: string
  /** Null where the run has no value. */
  value: number | string | null
  copied: string
  hint?: string
}
export interface CompareColumn {
  /** Stays the same whichever runs are compared. */
  key: string
  label: string
  hint?: string
  group: 'Run' | 'Settings that differ' | 'Last measured' | 'Best measured' | 'Scores'
  isNumber: boolean
  /** Whether it is shown until somebody chooses otherwise. */
  isUsual: boolean
  /** In the order of the runs. */
  cells: CompareCell[]
}
export interface CompareFacts {
  runs: readonly Run[]
  different: readonly Difference[]
  scores: RunScores
  /** Last measured values by run. */
  last: ReadonlyMap<number, RunValues['values']>
  /** The best values by run, then by metric. */
  best: ReadonlyMap<number, ReadonlyMap<string, CurvePoint>>
}

const none: CompareCell = { shown: '—', value: null, copied: '' }

/** Everything that can be compared, in the order in which it is shown. */
export function compareColumns(facts: CompareFacts): CompareColumn[] {
  return [...ofRuns(facts), ...ofSettings(facts), ...ofScores(facts), ...ofMetrics(facts)]
}

function ofRuns({ runs }: CompareFacts): CompareColumn[] {
  const column = (key: string, label: string, cells: CompareCell[], isNumber: boolean) => ({
    key,
    label,
    cells,
    isNumber,
    group: 'Run' as const,
    // What all runs have alike is left to the list beside the table.
    isUsual: key !== 'device' && new Set(cells.map(({ value }) => value)).size > 1,
  })
  const words = (text: string) => ({ shown: text || '—', value: text || null, copied: text })
  return [
    column(
      'status',
      'Status',
      runs.map(({ status }) => words(status)),
      false,
    ),
    column(
      'steps',
      'Steps',
      runs.map((run) =>
        isImported(run)
          ? none
          : { shown: formatCount(run.step), value: run.step, copied: String(run.step) },
      ),
      true,
    ),
    column(
      'device',
      'Device',
      runs.map(({ device }) => words(device ?? '')),
      false,
    ),
  ]
}

function ofSettings({ different }: CompareFacts): CompareColumn[] {
  return different.map(({ name, label, values }) => ({
    key: `setting ${name}`,
    label,
    hint: name,
    group: 'Settings that differ',
    // Settings that only some methods have follow from the methods.
    isUsual: new Set(values.filter((value) => value !== null)).size > 1,
    isNumber: values.every((value) => value === null || typeof value === 'number'),
    // A run that was not made with such a setting has no value.
    cells: values.map((value) => {
      if (value === null) return none
      const shown = isPartsList(name) ? wholePartsText(value) : settingText(value)
      return { shown, value: typeof value === 'number' ? value : shown, copied: String(value) }
    }),
  }))
}

function isPartsList(name: string): boolean {
  return allSettings[name]?.type === 'parts'
}

function ofScores({ runs, scores }: CompareFacts): CompareColumn[] {
  return scores.columns.map(({ key, label, isMain }) => ({
    key: `score ${key}`,
    label,
    group: 'Scores',
    isNumber: true,
    isUsual: isMain,
    cells: runs.map(({ id }) => {
      const score = scores.of.get(id)?.get(key)
      if (score === undefined) return none
      const draws = scores.draws.get(id)?.get(key)
      const copied = (100 * score).toFixed(1)
      if (!draws) return { shown: formatPercent(score), value: score, copied }
      return {
        shown: `${copied} ± ${(100 * (draws.deviation ?? 0)).toFixed(1)} %`,
        value: score,
        copied,
        hint: `95 % interval ${printDraws(draws)} %`,
      }
    }),
  }))
}

function ofMetrics({ runs, last, best }: CompareFacts): CompareColumn[] {
  const cell = (name: string, point: CurvePoint | undefined): CompareCell => {
    if (!point) return none
    const shown = printMetric(point.value, kindOfMetric(name)?.print ?? 'number')
    const hint = `Measured at step ${formatCount(point.x)}, not smoothed`
    return { shown, value: point.value, copied: String(point.value), hint }
  }
  const methods = runs.map(({ config }) => config.method)
  const ofParts = runs.flatMap(({ config }) =>
    partsOf(config).flatMap(({ name, config: own }) =>
      Object.keys(methodOf(own).metrics).map((metric) => ofPart(name, metric)),
    ),
  )
  const measured = [...mainMetrics, ...new Set(ofParts)]
    .filter((name) => runs.some(({ id }) => last.get(id)?.[name]))
    .flatMap((name) => {
      const kind = kindOfMetric(name)
      return kind ? [[name, { ...kind, meaning: metricMeaning(name, methods) }] as const] : []
    })
  return [
    ...measured.map(([name, { label, meaning, source }]) => ({
      key: `last ${name}`,
      label: `${label}, last`,
      hint: meaning,
      isNumber: true,
      group: 'Last measured' as const,
      isUsual: name === 'loss' || source === 'evaluation',
      cells: runs.map(({ id }) => cell(name, last.get(id)?.[name])),
    })),
    ...measured
      .filter(([name]) => runs.some(({ id }) => best.get(id)?.has(name)))
      .map(([name, { label, meaning }]) => ({
        key: `best ${name}`,
        label: `${label}, best`,
        hint: meaning,
        isNumber: true,
        group: 'Best measured' as const,
        isUsual: false,
        cells: runs.map(({ id }) => cell(name, best.get(id)?.get(name))),
      })),
  ]
}

/** Room of one character, of the padding of a cell, and of the arrow of a sorted head, in px. */
const ROOM = { character: 7.4, padding: 26, arrow: 14 }
/** Values that are wider wrap. */
const WIDEST = 170

/** Width that a column takes in the table, in px: that of its longest value or word of its head. */
export function widthOf({ label, cells }: Pick<CompareColumn, 'label' | 'cells'>): number {
  const head = Math.max(...label.split(' ').map(({ length }) => length))
  const value = Math.max(0, ...cells.map(({ shown }) => shown.length))
  const wide = Math.max(head * ROOM.character + ROOM.arrow, value * ROOM.character)
  return Math.ceil(Math.min(WIDEST, wide + ROOM.padding))
}

/** Places of the runs in the order of a column; as they are where it is not there. */
export function sortedRows(
  columns: readonly CompareColumn[],
  runs: readonly Run[],
  sort: { key: string; down: boolean } | null,
): number[] {
  const places = runs.map((_, place) => place)
  if (!sort) return places
  const column = columns.find(({ key }) => key === sort.key)
  const value = (place: number) =>
    sort.key === 'name' ? (runs[place]?.name ?? null) : (column?.cells[place]?.value ?? null)
  return places.sort((a, b) => compareKeys(value(a), value(b), sort.down))
}

/** A column as an axis of parallel coordinates, its ends as the table prints them. */
export function parallelAxis({ label, cells, isNumber }: CompareColumn): ParallelAxis {
  if (!isNumber)
    return choiceAxis(
      label,
      cells.map(({ shown }) => shown),
    )
  const print = (value: number) => cells.find((cell) => cell.value === value)?.shown ?? ''
  const values = cells.map(({ value }) => (typeof value === 'number' ? value : null))
  return numberAxis(label, values, print)
}

/** The table as it is shown, for notes, papers and spreadsheets; scores in per cent. */
export function compareText(
  runs: readonly Run[],
  columns: readonly CompareColumn[],
  rows: readonly number[],
): TextTable {
  return {
    header: ['Run', ...columns.map(({ label }) => label)],
    rows: rows.map((row) => [
      runs[row]?.name ?? '',
      ...columns.map(({ cells }) => cells[row]?.copied ?? ''),
    ]),
    words: [0, ...columns.flatMap(({ isNumber }, i) => (isNumber ? [] : [i + 1]))],
  }
}
