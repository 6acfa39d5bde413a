/** What can be set for an evaluation: types, defaults and checks of `evaluationSettings`. */
import type { EvaluationSetting } from './evaluation-setting.ts'
import { checkedValue, ConfigError } from '../settings/check.ts'
import type { ValuesOf } from '../settings/setting.ts'
import { evaluationSettings } from './evaluation-table.ts'
import { protocols, type Protocol } from './protocols.ts'

export type { EvaluationSetting }
export { evaluationSettings }

/** Momentum of SGD in every protocol that trains a classifier. It cannot be set. */
export const CLASSIFIER_MOMENTUM = 0.9

export type EvaluationSettingName = keyof typeof evaluationSettings

/** A value for each row of the table, those that are not for the protocol at their default. */
export type EvaluationSettings = ValuesOf<typeof evaluationSettings>

const rows = Object.entries(evaluationSettings) as [EvaluationSettingName, EvaluationSetting][]

/** The rows that are for a protocol, in the table's order. */
export function settingsFor(protocol: Protocol): [EvaluationSettingName, EvaluationSetting][] {
  return rows.filter(([, row]) => row.protocols.includes(protocol))
}

/** Whether a setting plays a part beside the others: milestones do where the rate falls in steps. */
export function playsAPart(
  row: EvaluationSetting,
  protocol: Protocol,
  settings: Readonly<Record<string, unknown>>,
): boolean {
  const { where } = row
  if (!where || !(where.of?.includes(protocol) ?? true)) return true
  return settings[where.setting] === where.is
}

/** Every setting at its default for a protocol. */
export function defaultSettings(protocol: Protocol): EvaluationSettings {
  const values = rows.map(([name, row]) => [name, row.defaults?.[protocol] ?? row.default])
  return Object.fromEntries(values) as EvaluationSettings
}

/**
 * Fills what is missing from the defaults of a protocol and checks every value against the table.
 * @throws ConfigError for a setting that there is not or that is not for this protocol, a wrong
 * type, or a value out of range
 */
export function completeSettings(
  protocol: Protocol,
  partial: Record<string, unknown> = {},
): EvaluationSettings {
  const known = new Map<string, EvaluationSetting>(settingsFor(protocol))
  const settings: Record<string, unknown> = defaultSettings(protocol)
  for (const [name, value] of Object.entries(partial)) {
    if (value === undefined) continue
    const row = known.get(name)
    if (!row) {
      const { label } = protocols[protocol]
      throw new ConfigError(`${label} has no setting '${name}': ${[...known.keys()].join(', ')}.`)
    }
    settings[name] = checkedValue(name, row, value)
  }
  return settings as EvaluationSettings
}
