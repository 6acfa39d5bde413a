import { allSettings } from '#shared/config/pretrain-config.ts'
import { isIdle } from '#shared/views/merge-settings.ts'
import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { SettingValue } from '#shared/settings/setting.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { hasSetting, ownValue } from './own-settings.ts'
import { settingText } from './setting-text.ts'
import type { DrawSpread } from '#shared/report/scores.ts'
import { resultTable } from '../../../lib/result-table.ts'

/** Settings that change no result. */
const BESIDE: readonly string[] = [
  'checkpointEvery',
  'decodedCache',
  'keepCheckpoints',
  'loaderThreads',
  'tensorboard',
]
const names = Object.keys(allSettings).filter((name) => !BESIDE.includes(name))

export interface Difference {
  name: string
  label: string
  /** One a run, in the order of the runs; null where it was not made with such a setting. */
  values: (SettingValue | null)[]
}

/** The settings that may change results and are not the same in all of these runs, in the table's order. */
export function differences(runs: readonly Run[]): Difference[] {
  return names
    .filter((name) => {
      const made = runs.filter((run) => hasSetting(run, name))
      const felt = made.filter(({ config }) => !isIdle(name, config))
      return new Set(felt.map((run) => ownValue(run, name))).size > 1
    })
    .map((name) => ({
      name,
      label: allSettings[name]?.label ?? name,
      values: runs.map((run) => ownValue(run, name)),
    }))
}

/** A score that some of the compared runs have. */
export interface ScoreColumn {
  key: string
  label: string
  /** The strictest score of its protocol and settings, which says most. */
  isMain: boolean
}
export interface RunScores {
  columns: ScoreColumn[]
  /** By run, then by the column's key; in [0, 1]. */
  of: ReadonlyMap<number, ReadonlyMap<string, number>>
  /** How a score differs between draws of labels, likewise; of those that were drawn several times. */
  draws: ReadonlyMap<number, ReadonlyMap<string, DrawSpread>>
}

/**
 * The newest result of each run, data set, protocol with its settings, and score, so that only numbers
 * of the same kind meet.
 */
export function runScores(
  runs: readonly Run[],
  evaluations: readonly Evaluation[],
  datasets: readonly Pick<Dataset, 'id' | 'name'>[],
): RunScores {
  const ids = new Set<number | null>(runs.map(({ id }) => id))
  const own = evaluations.filter(({ runId, result }) => ids.has(runId) && result)
  const of = new Map(runs.map(({ id }) => [id, new Map<string, number>()]))
  const draws = new Map(runs.map(({ id }) => [id, new Map<string, DrawSpread>()]))
  const columns: ScoreColumn[] = []
  const several = new Set(own.map(({ datasetId }) => datasetId)).size > 1
  for (const { id, name } of datasets) {
    const table = resultTable(own.filter(({ datasetId }) => datasetId === id))
    const measures = new Set<string>()
    for (const { key, protocol, apart, label } of table.columns) {
      const measure = [tasks[protocol].label, apart && `(${apart})`].filter(Boolean).join(' ')
      const where = several ? `${name}, ` : ''
      const isMain = !measures.has(measure)
      columns.push({ key: `${id} ${key}`, label: `${where}${measure} ${label}`, isMain })
      measures.add(measure)
    }
    // A run that was renamed has a row for each name: the newest counts.
    for (const { runId, cells } of table.rows) {
      for (const [key, cell] of cells) {
        of.get(runId ?? 0)?.set(`${id} ${key}`, cell.mean)
        if (cell.draws) draws.get(runId ?? 0)?.set(`${id} ${key}`, cell.draws)
      }
    }
  }
  return { columns, of, draws }
}

export interface RunGroup {
  /** `β 0.3 · FAME on query`: what these runs share and others have otherwise. */
  label: string
  runs: Run[]
}

/** Runs that differ in nothing but the settings left out, such as the seed. */
export function groupRuns(runs: readonly Run[], apart: readonly string[] = ['seed']): RunGroup[] {
  const told = differences(runs).filter(({ name }) => !apart.includes(name))
  const groups = new Map<string, RunGroup>()
  runs.forEach((run) => {
    const label =
      told
        .map(({ name, label: text }) => `${text} ${settingText(ownValue(run, name))}`)
        .join(' · ') || 'Same settings'
    const group = groups.get(label) ?? { label, runs: [] }
    group.runs.push(run)
    groups.set(label, group)
  })
  return [...groups.values()]
}

/** A value as its place on an axis of parallel coordinates, in [0, 1]. */
export interface ParallelAxis {
  label: string
  /** One a run, null where the run has none. */
  places: (number | null)[]
  /** What stands at places along the axis. */
  marks: { at: number; text: string }[]
}

/** An axis for numbers, from the least to the greatest. */
export function numberAxis(
  label: string,
  values: readonly (number | null)[],
  print: (value: number) => string,
): ParallelAxis {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const span = high - low || 1
  return {
    label,
    places: values.map((value) =>
      value === null ? null : high === low ? 0.5 : (value - low) / span,
    ),
    marks:
      known.length === 0
        ? []
        : high === low
          ? [{ at: 0.5, text: print(low) }]
          : [
              { at: 0, text: print(low) },
              { at: 1, text: print(high) },
            ],
  }
}

/** An axis for anything else: each value has a place of its own. */
export function choiceAxis(label: string, values: readonly (string | boolean)[]): ParallelAxis {
  const choices = [...new Set(values)].map(String)
  const at = (value: string) =>
    choices.length === 1 ? 0.5 : choices.indexOf(value) / (choices.length - 1)
  return {
    label,
    places: values.map((value) => at(String(value))),
    marks: choices.map((text) => ({ at: at(text), text })),
  }
}

/**
 * Axes in rows of about equal length, each beginning with the last axis of the one before, so that
 * lines go on.
 * @param most axes of a row, 2 or more
 */
export function axisRows<Axis>(axes: readonly Axis[], most: number): Axis[][] {
  const gaps = Math.max(1, axes.length - 1)
  const count = Math.ceil(gaps / (most - 1))
  const step = Math.ceil(gaps / count)
  return Array.from({ length: count }, (_, i) => axes.slice(i * step, (i + 1) * step + 1))
}
