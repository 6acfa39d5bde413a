import { Command, InvalidArgumentError, Option } from 'commander'
import { PROTOCOLS } from '#shared/tasks/index.ts'
import type { ChainedEvaluation } from '#shared/contract/runs.ts'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { choiceOptions } from './preset-choice.ts'
import {
  configOption,
  presetOption,
  requestedConfig,
  setOption,
  type HyperParameterOptions,
} from './hyper-parameter-options.ts'

type PretrainOptions = HyperParameterOptions & {
  project: string
  name?: string
  datasetId?: number
  resume?: number
  startOver?: number
  then: ChainedEvaluation[]
  estimate: boolean
  dryRun: boolean
  json: boolean
}

function protocols(text: string): ChainedEvaluation[] {
  return text.split(',').map((name) => {
    const protocol = PROTOCOLS.find((known) => known === name.trim())
    if (protocol) return { protocol, clips: 10 }
    throw new InvalidArgumentError(
      `There is no protocol '${name}'. Known: ${PROTOCOLS.join(', ')}.`,
    )
  })
}

const id = wholeNumber(1, 2 ** 31)

/** Options that say what a new run is. */
const SETTINGS = ['preset', 'recipe', 'method', 'merge', 'size', 'config', 'set']

const [recipe, method, merge, size] = choiceOptions()

export const pretrainCommand = new Command('pretrain')
  .description('pretrain an encoder; Ctrl-C writes a checkpoint and stops')
  .addOption(projectOption())
  .addOption(presetOption('starting point'))
  .addOption(recipe)
  .addOption(method)
  .addOption(merge)
  .addOption(size)
  .addOption(configOption())
  .addOption(setOption())
  .option('--name <text>', 'name of the run')
  .option('--dataset-id <id>', 'data set (default: the newest)', id)
  .option(
    '--then <protocols>',
    `evaluations that follow, separated by commas: ${PROTOCOLS.join(', ')}`,
    protocols,
    [],
  )
  .addOption(
    new Option('--resume <id>', 'resume a run that was stopped, failed or was interrupted')
      .argParser(id)
      .conflicts([...SETTINGS, 'name', 'datasetId', 'then']),
  )
  .addOption(
    new Option('--start-over <id>', 'start a new run with the settings of this run')
      .argParser(id)
      .conflicts([...SETTINGS, 'name', 'datasetId', 'then', 'resume']),
  )
  .addOption(
    new Option('--estimate', 'estimate time, memory and disk space without starting the run')
      .default(false)
      .conflicts(['resume', 'startOver', 'dryRun']),
  )
  .addOption(
    new Option(
      '--dry-run',
      'do everything that the run does once, print what fails, and do not start the run',
    )
      .default(false)
      .conflicts(['resume', 'startOver']),
  )
  .addOption(jsonOption('print the run and its metrics as JSON lines during training'))
  .action(async (options: PretrainOptions) => {
    const { project, datasetId, resume, startOver, json } = options
    const { values, preset, name: named } = requestedConfig(options)
    const name = options.name ?? named
    if (options.estimate || options.dryRun) {
      const { dryRun, estimateRun } = await import('./try-run.ts')
      const request = { datasetId, preset, values, chain: options.then }
      return (options.dryRun ? dryRun : estimateRun)({ project, json, request })
    }
    const { pretrain } = await import('./follow-run.ts')
    const request = { name, datasetId, preset, values, chain: options.then }
    const again = startOver === undefined ? null : { startOver }
    const onward = resume === undefined ? again : { resume }
    await pretrain({ project, json, request: onward ?? request })
  })
