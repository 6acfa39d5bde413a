import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { parseAssignment } from '#shared/config/pretrain-config.ts'
import { changedPreset, presetNamed, presets } from '#shared/config/presets.ts'
import { parseRunFile, type RunFile } from '#shared/config/run-file.ts'
import { UsageError } from '../arguments.ts'
import { chosenPreset, type PresetOptions } from './preset-choice.ts'

export interface HyperParameterOptions extends PresetOptions {
  config?: string
  set: string[]
}

/** `--preset NAME`. */
export function presetOption(meaning: string): Option {
  return new Option('--preset <name>', `${meaning}: see bin/fame presets`).argParser((name) => {
    if (presets.some((known) => known.name === name)) return name
    const known = presets.map((preset) => preset.name).join(', ')
    throw new InvalidArgumentError(`Choose one of ${known}.`)
  })
}

/** `--config FILE`, instead of a preset. */
export function configOption(): Option {
  return new Option('--config <file>', 'YAML or JSON file of settings').conflicts('preset')
}

/** `--set KEY=VALUE`, again and again. */
export function setOption(): Option {
  return new Option('--set <key=value>', 'one setting; may be repeated')
    .default([])
    .argParser((value, previous: string[]) => [...previous, value])
}

/**
 * What the options ask for together, and the whole configuration that it makes with the preset.
 * @throws UsageError for a file that cannot be used; ConfigError as `completeConfig`.
 */
export function requestedConfig({ config, set, ...choice }: HyperParameterOptions): {
  name?: string
  preset?: string
  values: Record<string, number | string | boolean>
  complete: PretrainConfig
} {
  const file: RunFile = config === undefined ? { values: {} } : readConfig(config)
  const chosen = chosenPreset({ ...choice, preset: choice.preset ?? file.preset })
  const assigned = Object.fromEntries(set.map(parseAssignment))
  const values = { ...file.values, ...chosen.values, ...assigned }
  const base = chosen.preset === undefined ? null : presetNamed(chosen.preset)
  return { ...file, preset: chosen.preset, values, complete: changedPreset(base, values) }
}

function readConfig(file: string): RunFile {
  try {
    return parseRunFile(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--config ${file} cannot be used: ${reason}`)
  }
}
