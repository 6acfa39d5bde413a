import { ConfigError } from './config-error.ts'
import { partsText } from './parts.ts'
import type { PartsSetting, Setting, SettingValue } from './setting.ts'

export { ConfigError }

/** @throws ConfigError for a wrong type or a value out of range */
export function checkedValue(
  name: string,
  setting: Setting | PartsSetting,
  value: unknown,
): SettingValue {
  // A list of one epoch is a number in a file of settings.
  if (setting.type === 'text' && typeof value === 'number') {
    return checkedValue(name, setting, String(value))
  }
  if (setting.type === 'parts') return partsText(name, setting, value)
  if (fits(setting, value)) return value
  throw new ConfigError(refusal(name, setting, value))
}

function fits(setting: Setting, value: unknown): value is SettingValue {
  switch (setting.type) {
    case 'flag':
      return typeof value === 'boolean'
    case 'choice':
      return setting.choices.some((choice) => choice === value)
    case 'text':
      return (
        typeof value === 'string' &&
        value.length <= setting.max &&
        (setting.form?.pattern.test(value) ?? true)
      )
    case 'int':
      return Number.isInteger(value) && isWithin(setting, value as number)
    case 'number':
      return Number.isFinite(value) && isWithin(setting, value as number)
  }
}

function isWithin({ min, max }: { min: number; max: number }, value: number): boolean {
  return value >= min && value <= max
}

function refusal(name: string, setting: Setting, value: unknown): string {
  const given = `${name} is ${typeof value === 'number' ? String(value) : JSON.stringify(value)}`
  switch (setting.type) {
    case 'flag':
      return `${given}: choose true or false.`
    case 'choice':
      return `${given}: choose ${setting.choices.join(', ')}.`
    case 'text':
      return `${given}: ${setting.form?.says ?? `expected at most ${setting.max} characters.`}`
    default: {
      const kind = setting.type === 'int' ? 'a whole number' : 'a number'
      return `${given}: expected ${kind} from ${setting.min} to ${setting.max}.`
    }
  }
}

/**
 * Reads a value as it is typed after `--set name=`.
 * @throws ConfigError as `checkedValue`
 */
export function parseValue(
  name: string,
  setting: Setting | PartsSetting,
  text: string,
): SettingValue {
  return checkedValue(name, setting, valueOfText(setting, text))
}

function valueOfText(setting: Setting | PartsSetting, text: string): unknown {
  switch (setting.type) {
    case 'text':
    case 'parts':
      return text
    case 'choice':
      return setting.choices.find((choice) => String(choice) === text) ?? text
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text === '' ? NaN : Number(text)
  }
}
