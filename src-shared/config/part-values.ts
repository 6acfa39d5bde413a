/** Settings of single parts by names such as `parts.1.weight`, for `--set`, files and sweeps. */
import { checkedValue, ConfigError } from '../settings/check.ts'
import { readParts } from '../settings/parts.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { SettingValue } from '../settings/setting.ts'

const NAME = /^(\w+)\.(\d+)\.(\w+)$/

/** The setting whose value a name is a piece of: itself for any other name. */
export function wholeName(name: string): string {
  return NAME.exec(name)?.[1] ?? name
}

/** Whether a name is that of a setting of one part. */
export function isPartName(name: string): boolean {
  return NAME.test(name)
}

/**
 * The same values with those of single parts written into their lists.
 * @param table where a list that is not given has its default
 * @throws ConfigError for a part that is not there
 */
export function withPartValues(
  values: Readonly<Record<string, unknown>>,
  table: PretrainTable,
): Record<string, unknown> {
  const whole = Object.fromEntries(Object.entries(values).filter(([name]) => !isPartName(name)))
  for (const [name, value] of Object.entries(values)) {
    const [, list, place, key] = NAME.exec(name) ?? []
    const row = list === undefined ? undefined : table[list]
    if (list === undefined || value === undefined) continue
    if (row?.type !== 'parts') throw new ConfigError(`There is no setting '${name}': leave it out.`)
    const parts = readParts(String(checkedValue(list, row, whole[list] ?? row.default)))
    const part = parts.at(Number(place))
    if (!part) {
      const last = `${list}.${parts.length - 1}`
      throw new ConfigError(`There is no part for '${name}': the last one is ${last}.`)
    }
    const changed = parts.map((one) => (one === part ? { ...one, [key]: value } : one))
    // The list is checked as a whole, with this value in it.
    whole[list] = checkedValue(list, row, changed)
  }
  return whole
}

/** A value of a part as it is typed: its method says what it may be. */
export function partValueOf(text: string): SettingValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Values of a file with each list of parts as it is stored. @throws ConfigError as `checkedValue` */
export function storedLists(
  values: Readonly<Record<string, unknown>>,
  table: PretrainTable,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const row = table[name]
      return [name, row?.type === 'parts' ? checkedValue(name, row, value) : value]
    }),
  )
}
