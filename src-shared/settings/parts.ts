/**
 * Methods that are trained together. A table of settings is flat, so that the list is stored as one
 * text: a JSON array with the keys of each part in a fixed order. Files of settings and `--set` may
 * write it as a YAML list, or name a list that the setting knows.
 */
import { parse } from 'yaml'
import { ConfigError } from './config-error.ts'
import type { PartsSetting, SettingValue } from './setting.ts'

/** A part as somebody wrote it: its method, its weight, and what it has otherwise than the run. */
export type WrittenPart = Readonly<Record<string, SettingValue>> & {
  readonly method: string
  /** Factor of its loss, at least 0. */
  readonly weight: number
}

/** Weight of a part at most: beyond it, somebody has mistyped. */
export const LARGEST_WEIGHT = 1000

const SHAPE =
  'expected a list of parts, each with its method and weight, such as [{method: NAME, weight: 0.5}, {method: OTHER}]'

/**
 * The text of a list of parts, however it was given.
 * @param value an array, YAML or JSON, or the name of a known list
 * @throws ConfigError for what is no list of parts; whether the methods take their settings is not asked
 */
export function partsText(name: string, setting: PartsSetting, value: unknown): string {
  if (typeof value === 'string' && Object.hasOwn(setting.named, value)) return setting.named[value]
  const list = typeof value === 'string' ? parsed(name, value) : value
  if (!Array.isArray(list)) throw refused(name, setting)
  if (list.length === 0 || list.length > setting.max) {
    throw new ConfigError(`${name} has ${list.length} parts: list 1 to ${setting.max}.`)
  }
  return printParts(list.map((part, i) => checkedPart(`${name}.${i}`, part)))
}

/** The inverse of `partsText`. @throws SyntaxError for what it did not write */
export function readParts(text: string): WrittenPart[] {
  return JSON.parse(text) as WrittenPart[]
}

/** As it is stored: method, weight, then the other settings by name. */
export function printParts(parts: readonly WrittenPart[]): string {
  return JSON.stringify(
    parts.map(({ method, weight, ...values }) => {
      const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
      return { method, weight, ...Object.fromEntries(sorted) }
    }),
  )
}

function parsed(name: string, text: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new ConfigError(`${name} cannot be read: ${SHAPE}.`)
  }
}

function refused(name: string, { named }: PartsSetting): ConfigError {
  const known = Object.keys(named)
  const others = known.length > 0 ? `, or one of ${known.join(', ')}` : ''
  return new ConfigError(`${name} is no list: ${SHAPE}${others}.`)
}

function checkedPart(name: string, part: unknown): WrittenPart {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    throw new ConfigError(`${name} is no mapping: ${SHAPE}.`)
  }
  const { method, weight = 1, ...values } = part as Record<string, unknown>
  if (typeof method !== 'string') {
    throw new ConfigError(`${name} has no method: name one.`)
  }
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= LARGEST_WEIGHT)) {
    throw new ConfigError(
      `${name}.weight is ${JSON.stringify(weight)}: expected a number from 0 to ${LARGEST_WEIGHT}.`,
    )
  }
  for (const [key, value] of Object.entries(values)) {
    if (['number', 'string', 'boolean'].includes(typeof value)) continue
    throw new ConfigError(`${name}.${key} is ${JSON.stringify(value)}: expected one value.`)
  }
  return { ...(values as Record<string, SettingValue>), method, weight }
}
