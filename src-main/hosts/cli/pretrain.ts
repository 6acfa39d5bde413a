import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { completeConfig, parseAssignment } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from './arguments.ts'

interface PretrainOptions {
  project: string
  preset?: string
  config?: string
  set: string[]
  name?: string
  datasetId?: number
  json: boolean
}

export const pretrainCommand = new Command('pretrain')
  .description('pretrain an encoder; Ctrl-C writes a checkpoint and stops')
  .addOption(projectOption())
  .addOption(
    new Option('--preset <name>', 'starting point').choices(presets.map((preset) => preset.name)),
  )
  .addOption(new Option('--config <file>', 'JSON object of hyper-parameters').conflicts('preset'))
  .option('--set <key=value>', 'one hyper-parameter; may be given again', collect, [])
  .option('--name <text>', 'name of the run')
  .option('--dataset-id <id>', 'data set (default: the newest)', wholeNumber(1, 2 ** 31))
  .addOption(jsonOption('print the run and its metrics as JSON lines while it goes on'))
  .action(async (options: PretrainOptions) => {
    const { project, preset, name, datasetId, json } = options
    const values = requestedValues(options)
    const { pretrain } = await import('./follow-run.ts')
    await pretrain({ project, json, request: { name, datasetId, preset, values } })
  })

/**
 * What `--config` and `--set` ask for; checked together with the preset.
 * @throws UsageError, ConfigError
 */
function requestedValues(options: PretrainOptions): Record<string, number | string | boolean> {
  const preset = presets.find(({ name }) => name === options.preset)
  const values = {
    ...(options.config === undefined ? {} : readConfig(options.config)),
    ...Object.fromEntries(options.set.map(parseAssignment)),
  }
  completeConfig({ ...preset?.values, ...values })
  return values
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

function collect(value: string, previous: string[]): string[] {
  return [...previous, value]
}
