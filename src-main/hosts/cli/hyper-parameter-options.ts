import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { completeConfig, parseAssignment } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { UsageError } from './arguments.ts'

export interface HyperParameterOptions {
  preset?: string
  config?: string
  set: string[]
}

/** `--preset NAME`. */
export function presetOption(meaning: string): Option {
  return new Option('--preset <name>', meaning).choices(presets.map(({ name }) => name))
}

/** `--config FILE`, instead of a preset. */
export function configOption(): Option {
  return new Option('--config <file>', 'JSON object of hyper-parameters').conflicts('preset')
}

/** `--set KEY=VALUE`, again and again. */
export function setOption(): Option {
  return new Option('--set <key=value>', 'one hyper-parameter; may be given again')
    .default([])
    .argParser((value, previous: string[]) => [...previous, value])
}

/**
 * What `--config` and `--set` ask for, and the whole configuration that it makes with the preset.
 * @throws UsageError for a file that cannot be used; ConfigError as `completeConfig`.
 */
export function requestedConfig({ preset, config, set }: HyperParameterOptions): {
  values: Record<string, number | string | boolean>
  complete: PretrainConfig
} {
  const base = presets.find(({ name }) => name === preset)?.values
  const values = {
    ...(config === undefined ? {} : readConfig(config)),
    ...Object.fromEntries(set.map(parseAssignment)),
  }
  return { values, complete: completeConfig({ ...base, ...values }) }
}

function readConfig(file: string): PretrainConfig {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError('expected one JSON object')
    }
    return completeConfig({ ...value })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--config ${file} cannot be used: ${reason}`)
  }
}
