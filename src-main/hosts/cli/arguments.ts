import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { commonSettings } from '#shared/config/pretrain-config.ts'
import { ENCODERS, type EncoderName } from '#shared/encoders/index.ts'

/** The arguments are wrong; the program ends with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Reads a whole number within bounds. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

/** Reads a number within bounds. */
export function realNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`)
  }
}

/** `--project DIR`, for every command that works on a project. */
export function projectOption(): Option {
  return new Option('--project <dir>', 'project folder').default(
    join(homedir(), 'fame-project'),
    '~/fame-project',
  )
}

/** `--json`, the same for every command. */
export function jsonOption(what = 'print one JSON value on standard output'): Option {
  return new Option('--json', what).default(false)
}

/** `--model NAME`, in capitals or not: papers write most of them so. */
export function modelOption(): Option {
  return new Option('--model <name>', `encoder: ${ENCODERS.join(', ')}`)
    .default(commonSettings.model.default)
    .argParser((text): EncoderName => {
      const known = ENCODERS.find((name) => name === text.toLowerCase())
      if (known) return known
      throw new InvalidArgumentError(`Choose ${ENCODERS.join(', ')}.`)
    })
}

/** `--precision NAME`. */
export function precisionOption(): Option {
  const { choices, default: usual } = commonSettings.precision
  return new Option('--precision <name>', 'number format of convolutions and activations')
    .choices(choices)
    .default(usual)
}
