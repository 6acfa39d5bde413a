/** What can be set for an evaluation: types, defaults and checks of the settings of all tasks. */
import { checkedValue, ConfigError } from '../settings/check.ts'
import type { SettingValue, ValueOf } from '../settings/setting.ts'
import { PROTOCOLS, tasks, type Protocol, type TaskTables } from '../tasks/index.ts'
import type { EvaluationSetting } from '../tasks/settings/setting.ts'
import { sharedSettings } from '../tasks/settings/shared.ts'
import type { Task } from '../tasks/task.ts'

export type { EvaluationSetting }

type NamesOf<Table> = Table extends unknown ? keyof Table & string : never
type SettingNamed<Table, Name extends string> =
  Table extends Readonly<Record<Name, infer Setting>> ? Setting : never

export type EvaluationSettingName = NamesOf<TaskTables>

/**
 * A value for each setting of every task, those that are not for the task at their default. Stored
 * evaluations are read with the defaults: a setting that comes later must stand, by default, at what
 * evaluations did before it came.
 */
export type EvaluationSettings = {
  [Name in EvaluationSettingName]: ValueOf<SettingNamed<TaskTables, Name>>
}

/** A setting beside those of all tasks. */
export type ListedSetting = EvaluationSetting & {
  /** Tasks that have it. */
  protocols: readonly Protocol[]
  /** Defaults of tasks that have another one. */
  defaults: Partial<Record<Protocol, SettingValue>>
}

/** Every setting: first those that several tasks share, then each task's own. */
export const evaluationSettings = Object.fromEntries(
  namesOfAll().map((name) => [name, listed(name)]),
) as Readonly<Record<EvaluationSettingName, ListedSetting>>

function namesOfAll(): string[] {
  const own = PROTOCOLS.flatMap((name) => Object.keys(tasks[name].settings))
  return [...new Set([...Object.keys(sharedSettings), ...own])]
}

function listed(name: string): ListedSetting {
  const shared: Task['settings'] = sharedSettings
  const protocols = PROTOCOLS.filter((task) => name in tasks[task].settings)
  const setting = shared[name] ?? tasks[protocols[0]].settings[name]
  const others = protocols
    .map((task) => [task, tasks[task].settings[name].default] as const)
    .filter(([, usual]) => usual !== setting.default)
  return { ...setting, protocols, defaults: Object.fromEntries(others) }
}

/** The settings of a task, in the order of its form. */
export function settingsFor(protocol: Protocol): [EvaluationSettingName, EvaluationSetting][] {
  const { settings } = tasks[protocol]
  return Object.entries(settings) as [EvaluationSettingName, EvaluationSetting][]
}

/** Whether a setting plays a part beside the others: milestones do where the rate falls in steps. */
export function playsAPart(
  { where }: EvaluationSetting,
  settings: Readonly<Record<string, unknown>>,
): boolean {
  return !where || [where.is].flat().some((value) => value === settings[where.setting])
}

/** Every setting at its default for a task. */
export function defaultSettings(protocol: Protocol): EvaluationSettings {
  const usual = Object.entries(evaluationSettings).map(([name, row]) => {
    return [name, row.defaults[protocol] ?? row.default]
  })
  return Object.fromEntries(usual) as EvaluationSettings
}

/**
 * The settings of a stored evaluation, whatever version wrote them: one that has come since, or that
 * nobody asked for, stands at its default.
 */
export function storedSettings(
  protocol: Protocol,
  stored: Partial<Record<EvaluationSettingName, SettingValue>>,
): EvaluationSettings {
  // Every encoder had Kinetics' statistics then.
  const colours = stored.colours === 'kinetics' ? 'encoder' : stored.colours
  const given = { ...stored, ...(colours !== undefined && { colours }) }
  return { ...defaultSettings(protocol), ...(given as Partial<EvaluationSettings>) }
}

/**
 * Fills what is missing from the defaults of a task and checks every value against its table.
 * @throws ConfigError for a setting that there is not or that is not for this task, a wrong type, a
 * value out of range, or values that do not go together
 */
export function completeSettings(
  protocol: Protocol,
  partial: Record<string, unknown> = {},
): EvaluationSettings {
  return { ...defaultSettings(protocol), ...valuesFor(tasks[protocol], partial) }
}

/** As `completeSettings`, without the settings of other tasks. */
export function valuesFor(
  task: Task,
  partial: Record<string, unknown>,
): Record<string, SettingValue> {
  const { label, settings } = task
  const usual = Object.entries(settings).map(([name, row]) => [name, row.default])
  const values = Object.fromEntries(usual) as Record<string, SettingValue>
  for (const [name, value] of Object.entries(partial)) {
    if (value === undefined) continue
    if (!Object.hasOwn(settings, name)) {
      const known = Object.keys(settings).join(', ')
      throw new ConfigError(`${label} has no setting '${name}': ${known}.`)
    }
    values[name] = checkedValue(name, settings[name], value)
  }
  const fault = task.fault?.(values) ?? null
  if (fault !== null) throw new ConfigError(fault)
  return values
}
