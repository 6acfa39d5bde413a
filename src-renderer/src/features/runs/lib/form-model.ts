import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { changedPreset, presetNamed, presets } from '#shared/config/presets.ts'
import type { RecipeName } from '#shared/config/recipes.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import type { AnyConfig } from '#shared/methods/method.ts'
import { settingGroups, type PretrainSetting } from '#shared/settings/pretraining.ts'
import type { SettingValue, TextSetting } from '#shared/settings/setting.ts'
import { formatCount, formatNumber } from '../../../lib/format.ts'

export type FormValue = SettingValue
/** null: an emptied number field; text in a number field: what was typed and is no number. */
export type FormValues = Record<string, FormValue | null> & { method: string }

export interface FormRow {
  name: string
  parameter: PretrainSetting
}
export interface FormGroup {
  name: PretrainSetting['group']
  label: string
  rows: FormRow[]
}

/** Every setting of a method. */
function rowsOf(method: string): FormRow[] {
  return Object.entries(settingsOf(method)).map(([name, parameter]) => ({ name, parameter }))
}

/** A method's settings as a form: groups in reading order, rows as in the table. */
export function formGroups(method: string): readonly FormGroup[] {
  const rows = rowsOf(method)
  return Object.entries(settingGroups).map(([name, label]) => ({
    name: name as FormGroup['name'],
    label,
    rows: rows.filter(({ parameter }) => parameter.group === name),
  }))
}

/** The groups with those rows alone whose name, label, meaning or unit has every word of a search. */
export function searchGroups(method: string, search: string): readonly FormGroup[] {
  const groups = formGroups(method).map((group) => ({
    ...group,
    // The method itself is chosen with the preset.
    rows: group.rows.filter(({ name }) => name !== 'method'),
  }))
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return groups
  return groups
    .map((group) => ({
      ...group,
      rows: group.rows.filter(({ name, parameter }) => {
        const unit = 'unit' in parameter ? parameter.unit : ''
        const text = [name, parameter.label, parameter.meaning, unit, group.label].join('\n')
        return words.every((word) => text.toLowerCase().includes(word))
      }),
    }))
    .filter(({ rows: found }) => found.length > 0)
}

/** Every value of a preset. @throws ConfigError where the preset itself is wrong. */
export function presetConfig(name: string): AnyConfig {
  return changedPreset(presetNamed(name), {})
}

/**
 * The preset that settings differ from the least.
 * @param fitting recipe of the run's data set, which counts where presets of several recipes are equal
 */
export function nearestPreset(values: FormValues, fitting: RecipeName | null): string {
  const distances = presets.map(({ name }) => changedFrom(presetConfig(name), values).length)
  const least = Math.min(...distances)
  const nearest = presets.filter((_, i) => distances[i] === least)
  return (nearest.find(({ recipe }) => recipe === fitting) ?? nearest[0]).name
}

/** Names whose value differs from the preset's. */
export function changedFrom(preset: AnyConfig, values: FormValues): string[] {
  const names = Object.keys(settingsOf(values.method))
  return names.filter((name) => values[name] !== preset[name])
}

/** What is wrong with one value, null where nothing is. */
export function problemOf(parameter: PretrainSetting, value: FormValue | null): string | null {
  if (parameter.type === 'choice' || parameter.type === 'flag') return null
  if (parameter.type === 'parts') return null
  if (parameter.type === 'text') return textProblem(parameter, value)
  // A part of a list has an emptied number as empty text.
  if (value === '') return 'Enter a number.'
  if (typeof value === 'string') return `“${value}” is not a number.`
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Enter a number.'
  if (parameter.type === 'int' && !Number.isInteger(value)) return 'Enter a whole number.'
  if (value < parameter.min || value > parameter.max) {
    return `${formatNumber(value)} is not between ${formatNumber(parameter.min)} and ${formatNumber(parameter.max)}.`
  }
  return null
}

function textProblem({ max, form }: TextSetting, value: FormValue | null): string | null {
  const text = value === null ? '' : String(value)
  if (text.length > max) return `Enter at most ${max} characters.`
  if (form && !form.pattern.test(text)) return `“${text}”: ${form.says}`
  return null
}

/** What stands against starting: problems of single values by name, and of values together. */
export function checkForm(values: FormValues): {
  byName: Map<string, string>
  together: string | null
} {
  const byName = new Map<string, string>()
  for (const { name, parameter } of rowsOf(values.method)) {
    const problem = problemOf(parameter, values[name] ?? null)
    if (problem) byName.set(name, problem)
  }
  if (byName.size > 0) return { byName, together: null }
  try {
    completeConfig(values)
    return { byName, together: null }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const list = rowsOf(values.method).find(
      ({ name, parameter }) => parameter.type === 'parts' && message.startsWith(`${name}.`),
    )
    if (!list) return { byName, together: message }
    return { byName: new Map([[list.name, message]]), together: null }
  }
}

/** What prevents a start, and the setting that has to change where it is one. */
export interface Obstacle {
  text: string
  setting: string | null
}

/**
 * What of the settings stands against starting, most telling first.
 * @param videos training videos of the data set; null while they are not known
 */
export function obstaclesOf(
  values: FormValues,
  check: ReturnType<typeof checkForm>,
  videos: number | null,
): Obstacle[] {
  const { batch } = values
  const isTooLarge = typeof batch === 'number' && videos !== null && videos > 0 && batch > videos
  const tooLarge: Obstacle[] = isTooLarge
    ? [
        {
          text: `The batch of ${formatCount(batch)} is larger than the number of training videos, ${formatCount(videos)}.`,
          setting: 'batch',
        },
      ]
    : []
  const wrong = [...check.byName].flatMap(([setting, problem]) =>
    setting === 'batch' && isTooLarge
      ? []
      : [{ text: `${settingsOf(values.method)[setting]?.label ?? setting}: ${problem}`, setting }],
  )
  const together = check.together === null ? [] : [{ text: check.together, setting: null }]
  return [...tooLarge, ...wrong, ...together]
}

/** What is sent to start a run: the preset, and only what differs from it. */
export function startInput(form: {
  name: string
  preset: string
  datasetId: number | null
  values: FormValues
}): StartRun {
  const changed = changedFrom(presetConfig(form.preset), form.values)
  const name = form.name.trim()
  return {
    preset: form.preset,
    values: Object.fromEntries(
      changed.flatMap((key) => {
        const value = form.values[key]
        return value === null || value === undefined ? [] : [[key, value]]
      }),
    ),
    ...(name === '' ? {} : { name }),
    ...(form.datasetId === null ? {} : { datasetId: form.datasetId }),
  }
}
