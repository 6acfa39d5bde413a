import { InvalidArgumentError, Option } from 'commander'
import {
  evaluationSettings,
  type EvaluationSettingName,
  type ListedSetting,
} from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS } from '#shared/tasks/index.ts'
import { realNumber, wholeNumber } from '../arguments.ts'

const rows = Object.entries(evaluationSettings) as [EvaluationSettingName, ListedSetting][]

/** `--clips N`, `--split-list N` …: one option a setting. What is not given takes its default. */
export function settingOptions(): Option[] {
  return rows.map(([name, row]) => {
    const flag = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`
    const meaning = `${row.meaning}${scopeOf(row)} (default: ${defaultOf(row)})`
    if (row.type === 'flag') return new Option(flag, meaning)
    if (row.type === 'choice') {
      return new Option(`${flag} <${row.choices.join('|')}>`, meaning).argParser(choiceOf(row))
    }
    if (row.type === 'text') return new Option(`${flag} <name>`, meaning)
    const reader = row.type === 'int' ? wholeNumber : realNumber
    return new Option(`${flag} <n>`, meaning).argParser(reader(row.min, row.max))
  })
}

/** The settings among the options that were typed. */
export function typedSettings(
  options: Partial<Record<string, unknown>>,
): Record<string, number | string | boolean> {
  const typed = rows.filter(([name]) => options[name] !== undefined)
  return Object.fromEntries(typed.map(([name]) => [name, options[name] as number]))
}

function choiceOf({ choices }: { choices: readonly (string | number)[] }) {
  return (text: string): string | number => {
    const chosen = choices.find((choice) => String(choice) === text)
    if (chosen !== undefined) return chosen
    throw new InvalidArgumentError(`Choose ${choices.join(', ')}.`)
  }
}

function scopeOf({ protocols }: ListedSetting): string {
  return protocols.length === PROTOCOLS.length ? '' : `; for ${protocols.join(', ')}`
}

function defaultOf({ default: usual, defaults }: ListedSetting): string {
  const others = Object.entries(defaults).map(([protocol, value]) => `${protocol} ${value}`)
  return [usual === '' ? 'none' : usual, ...others].map(String).join('; ')
}
