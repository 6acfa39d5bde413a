import { hyperParameters, type HyperParameterName } from '#shared/config/hyper-parameters.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import { scoreLabel } from './scores.ts'

const names = Object.keys(hyperParameters) as HyperParameterName[]

export interface Difference {
  name: HyperParameterName
  label: string
  /** One a run, in the order of the runs. */
  values: (number | string | boolean)[]
}

/** The settings that are not the same in all of these runs, in the table's order. */
export function differences(runs: readonly Run[]): Difference[] {
  return names
    .map((name) => ({
      name,
      label: hyperParameters[name].label,
      values: runs.map(({ config }) => config[name]),
    }))
    .filter(({ values }) => new Set(values).size > 1)
}

/** The newest result of each protocol and score of a run, by `linear Top-1`; in [0, 1]. */
export function scoresOf(runId: number, evaluations: readonly Evaluation[]): Map<string, number> {
  const scores = new Map<string, number>()
  const own = evaluations.filter((evaluation) => evaluation.runId === runId)
  for (const { protocol, result } of own.toSorted((a, b) => a.id - b.id)) {
    for (const [score, value] of Object.entries(result?.scores ?? {})) {
      scores.set(`${protocol} ${scoreLabel(score)}`, value)
    }
  }
  return scores
}

/** Every score that some run has: by protocol, each from the strictest to the most lenient. */
export function scoreColumns(scores: Iterable<ReadonlyMap<string, number>>): string[] {
  const columns = new Set([...scores].flatMap((own) => [...own.keys()]))
  return [...columns].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

export interface RunGroup {
  /** `β 0.3 · FAME on query`: what these runs share and others have otherwise. */
  label: string
  runs: Run[]
}

/** Runs that differ in nothing but the settings left out, such as the seed. */
export function groupRuns(
  runs: readonly Run[],
  apart: readonly HyperParameterName[] = ['seed'],
): RunGroup[] {
  const told = differences(runs).filter(({ name }) => !apart.includes(name))
  const groups = new Map<string, RunGroup>()
  runs.forEach((run) => {
    const label =
      told.map(({ name, label: text }) => `${text} ${run.config[name]}`).join(' · ') || 'All alike'
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
