/**
 * The table of pretraining settings. Form, `--set` flags, validation, checkpoint and documentation
 * all read it. Defaults are the reference recipe on UCF101 (Ding et al., CVPR 2022).
 */
import { clipFault, DEFAULT_ENCODER, ENCODERS, encoders } from '../encoders/index.ts'
import { DEFAULT_METHOD, METHODS, methodNamed } from '../methods/index.ts'
import type { AnyConfig } from '../methods/method.ts'
import { checkedValue, ConfigError, parseValue } from '../settings/check.ts'
import type { PretrainSetting, PretrainTable } from '../settings/pretraining.ts'
import type { SettingValue, ValuesOf } from '../settings/setting.ts'
import { viewFault } from '../views/fault.ts'
import { viewSettings } from '../views/settings.ts'
import { presentNames } from './old-settings.ts'
import { isPartName, partValueOf, wholeName, withPartValues } from './part-values.ts'
import { orderFault, orderSettings, trainingSettings } from './training-settings.ts'

const modelSettings = {
  model: {
    type: 'choice',
    label: 'Encoder',
    meaning: ENCODERS.map((name) => `${name}: ${encoders[name].meaning}`).join('. '),
    group: 'model',
    choices: ENCODERS,
    default: DEFAULT_ENCODER,
  },
  precision: {
    type: 'choice',
    label: 'Precision',
    meaning:
      'Number format of activations and convolutions; weights and statistics stay in float32. auto uses bfloat16 if the device supports it',
    group: 'model',
    choices: ['auto', 'float32', 'bfloat16'],
    default: 'float32',
  },
} as const satisfies PretrainTable

/** Settings that a run has whatever its method. */
export const commonSettings = {
  ...modelSettings,
  ...viewSettings,
  ...orderSettings,
  ...trainingSettings,
} as const satisfies PretrainTable

/**
 * A complete configuration of a pretraining run. It holds the settings of its method as well, which
 * `ownSettings` gives by type.
 */
export type PretrainConfig = ValuesOf<typeof commonSettings> & { method: string }

const methodSetting = {
  type: 'choice',
  label: 'Method',
  meaning: METHODS.map((name) => `${name}: ${methodNamed(name).meaning}`).join('. '),
  group: 'method',
  choices: METHODS,
  default: DEFAULT_METHOD,
} as const satisfies PretrainSetting

const tables = new Map(METHODS.map((name) => [name as string, tableOf(name)]))

function tableOf(name: string): PretrainTable {
  const { settings, defaults = {} } = methodNamed(name)
  const common = Object.entries(commonSettings).map(([key, row]) => {
    return [key, key in defaults ? { ...row, default: defaults[key] } : row]
  })
  const { model, precision, ...others } = Object.fromEntries(common) as PretrainTable
  return { method: methodSetting, model, precision, ...settings, ...others }
}

/** Every setting of a run with this method, in reading order. @throws RangeError as `methodNamed` */
export function settingsOf(method: string): PretrainTable {
  return tables.get(method) ?? tableOf(method)
}

/** Every setting of any method, for names; one of several methods is as the first of them has it. */
export const allSettings: PretrainTable = Object.assign(
  {},
  ...[...tables.values()].reverse(),
) as PretrainTable

/** Every setting at its default. */
export function defaultConfig(method: string = DEFAULT_METHOD): AnyConfig {
  const rows = Object.entries(settingsOf(method)).map(([name, row]) => [name, row.default])
  return { ...Object.fromEntries(rows), method } as AnyConfig
}

/**
 * Fills what is missing from the defaults and checks every value against the table of its method.
 * Names of version 0.1 are understood.
 * @throws ConfigError for an unknown name, a wrong type, a value out of range, or settings that do
 * not go together
 */
export function completeConfig(partial: Record<string, unknown>): AnyConfig {
  const named = presentNames(partial)
  const method = checkedValue('method', methodSetting, named.method ?? DEFAULT_METHOD) as string
  const given = withPartValues(named, settingsOf(method))
  const config: Record<string, unknown> = defaultConfig(method)
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) config[name] = checkedValue(name, rowOf(name, method), value)
  }
  const complete = config as AnyConfig
  const fault =
    viewFault(complete) ??
    orderFault(complete) ??
    methodNamed(method).fault(complete) ??
    clipFault(complete.model, complete)
  if (fault !== null) throw new ConfigError(fault)
  return complete
}

/** The settings that a method's own table names, by type. @throws ConfigError where one is missing */
export function ownSettings<Table extends PretrainTable>(
  config: PretrainConfig,
  table: Table,
): PretrainConfig & ValuesOf<Table> {
  for (const [name, row] of Object.entries(table)) {
    checkedValue(name, row, (config as AnyConfig)[name])
  }
  return config as PretrainConfig & ValuesOf<Table>
}

/**
 * Reads `key=value` as given to `--set`; a key may also be that of one part, as `parts.0.weight`. A value
 * must suit some method that has the setting; `completeConfig` checks whether it suits the run's.
 * @throws ConfigError for a malformed pair or a value that the tables of all methods refuse.
 */
export function parseAssignment(text: string): [string, SettingValue] {
  const [, given, raw] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (given === undefined || raw === undefined) {
    throw new ConfigError(`Expected key=value, got '${text}'.`)
  }
  const [name] = Object.keys(presentNames({ [given]: raw }))
  const row = allSettings[wholeName(name ?? given)]
  if (row?.type === 'parts' && isPartName(given)) return [given, partValueOf(raw)]
  if (!row || isPartName(given)) throw unknown(given, Object.keys(allSettings))
  return [name ?? given, parsedByAny(name ?? given, given, raw)]
}

/**
 * The value as the first method reads it that accepts it.
 * @param given the name that errors use
 * @throws ConfigError of the first method that refuses it, where all do
 */
function parsedByAny(name: string, given: string, raw: string): SettingValue {
  const rows = [...tables.values()].flatMap((table) => table[name] ?? [])
  const refusals: unknown[] = []
  for (const row of new Set(rows)) {
    try {
      return parseValue(given, row, raw)
    } catch (error) {
      refusals.push(error)
    }
  }
  throw refusals[0]
}

function rowOf(name: string, method: string): PretrainSetting {
  const table = settingsOf(method)
  const row = table[name]
  if (row) return row
  if (name in allSettings) {
    throw new ConfigError(`${methodNamed(method).label} has no setting '${name}': leave it out.`)
  }
  throw unknown(name, Object.keys(table))
}

function unknown(name: string, known: readonly string[]): ConfigError {
  return new ConfigError(`There is no setting '${name}'. Known: ${known.join(', ')}.`)
}
