import { allSettings } from '#shared/config/pretrain-config.ts'
import type { RunValues } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import { metricKinds } from '#shared/metrics/catalogue.ts'

/** Last measured values by run, then by metric. */
export type ValuesByRun = ReadonlyMap<number, RunValues['values']>

/** Settings come first where a metric has the same name, as the learning rate has. */
const settingNames = new Set(Object.keys(allSettings).map((name) => name.toLowerCase()))

const operators = {
  '<=': (a: number, b: number) => a <= b,
  '>=': (a: number, b: number) => a >= b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '>': (a: number, b: number) => a > b,
  '=': (a: number, b: number) => a === b,
} as const
type Operator = keyof typeof operators

/** What the search of runs understands, for a person who looks for help. */
export const searchHelp = [
  { example: 'fame ablation', meaning: 'words in name, notes, tags, status or settings' },
  { example: 'loss<5', meaning: 'the last measured value; also <=, >, >=, =' },
  { example: 'knn>40%', meaning: 'write shares as 0.4 or 40%' },
  { example: 'lr=0.03', meaning: 'a setting; numbers take <, >, = and !=' },
  { example: 'step>=1000', meaning: 'steps done' },
  { example: '#12', meaning: 'the run with that number' },
] as const

/**
 * Whether a run fits every word of a search: `#12` is its number, `loss<5` compares what was measured
 * last, `beta=0.3` a setting with its whole value, and any other word stands in name, notes, tags,
 * status, sweep or settings.
 */
export function fitsSearch(run: Run, search: string, values: ValuesByRun): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return words.every((word) => fitsWord(run, word, values.get(run.id) ?? {}))
}

/** Whether a search compares measured values, which have to be asked for. */
export function comparesMetrics(search: string): boolean {
  return search
    .toLowerCase()
    .split(/\s+/)
    .some((word) => {
      const comparison = comparisonOf(word)
      return (
        comparison !== null &&
        !settingNames.has(comparison.name) &&
        metricNamesOf(comparison.name).length > 0
      )
    })
}

function fitsWord(run: Run, word: string, values: RunValues['values']): boolean {
  if (/^#\d+$/.test(word)) return word === `#${run.id}`
  const comparison = comparisonOf(word)
  if (!comparison) return textOf(run).includes(word)
  const { name, operator, wanted } = comparison
  const setting = settingOf(run, name)
  if (setting !== undefined) return fitsSetting(setting, operator, wanted)
  const measured = metricNamesOf(name).flatMap((metric) => values[metric] ?? [])
  if (metricNamesOf(name).length === 0) return textOf(run).includes(word)
  // Half a comparison is on its way to a whole one, and hides nothing yet.
  if (wanted === '') return true
  return measured.some(({ value }) => compare(value, operator, wanted))
}

function comparisonOf(word: string): { name: string; operator: Operator; wanted: string } | null {
  const [, name, operator, wanted] = /^([^<>=!]+)(<=|>=|!=|<|>|=)(.*)$/.exec(word) ?? []
  if (name === undefined || operator === undefined || wanted === undefined) return null
  return { name, operator: operator as Operator, wanted }
}

function settingOf(run: Run, name: string): number | string | boolean | undefined {
  if (name === 'step' || name === 'steps') return run.step
  return Object.entries(run.config).find(([key]) => key.toLowerCase() === name)?.[1]
}

function fitsSetting(
  setting: number | string | boolean,
  operator: Operator,
  wanted: string,
): boolean {
  if (wanted === '') return true
  if (typeof setting === 'number') return compare(setting, operator, wanted)
  // Half a word is on its way to a whole one.
  const starts = String(setting).toLowerCase().startsWith(wanted)
  return operator === '=' ? starts : operator === '!=' ? !starts : false
}

function compare(value: number, operator: Operator, wanted: string): boolean {
  const number = wanted.endsWith('%') ? Number(wanted.slice(0, -1)) / 100 : Number(wanted)
  return operators[operator](value, number)
}

/** The metrics that a name stands for: by name, by label without blanks, or by their beginnings. */
function metricNamesOf(name: string): string[] {
  const entries = Object.entries(metricKinds).map(([key, { label }]) => ({
    key,
    spellings: [key, label].map((text) => text.toLowerCase().replaceAll(/[\s-]/g, '')),
  }))
  const wanted = name.replaceAll('-', '')
  const exact = entries.filter(({ spellings }) => spellings.includes(wanted))
  const found =
    exact.length > 0 || wanted.length < 3
      ? exact
      : entries.filter(({ spellings }) => spellings.some((text) => text.startsWith(wanted)))
  return found.map(({ key }) => key)
}

function textOf({ name, notes, tags, status, sweep, config }: Run): string {
  const settings = Object.entries(config).map(([key, value]) => `${key}=${value}`)
  return [name, notes, ...tags, status, sweep ?? '', ...settings].join('\n').toLowerCase()
}
