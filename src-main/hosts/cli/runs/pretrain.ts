import { Command, InvalidArgumentError, Option } from 'commander'
import { PROTOCOLS } from '#shared/tasks/index.ts'
import type { ChainedEvaluation } from '#shared/contract/runs.ts'
import type { Workers } from '../../../runs/process/workers.ts'
import { rankOf } from '../../../trainer/collective/rank.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
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
  workers?: number
  restarts?: number
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

/** @throws UsageError for options that contradict each other, or what has started this process */
function workersOf({ workers = 1, restarts }: PretrainOptions): Workers | undefined {
  const isRank = rankOf() !== null
  if (isRank && workers > 1) throw new UsageError('--workers starts mpirun itself. Leave one out.')
  if (isRank && restarts !== undefined) {
    throw new UsageError(
      '--restarts needs --workers, which starts mpirun. Under mpirun, let the scheduler requeue the ' +
        'job, or call it again with --resume.',
    )
  }
  if (workers === 1 && restarts !== undefined) {
    throw new UsageError('--restarts needs --workers of 2 or more.')
  }
  return workers === 1 ? undefined : { workers, restarts: restarts ?? 0 }
}

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
  .addOption(
    new Option(
      '--workers <n>',
      'processes that share the clips of each step, under Open MPI; `batch` stays the clips of a whole ' +
        'step, so the run is the same and may go on with another number',
    )
      .argParser(wholeNumber(1, 4096))
      .conflicts(['estimate', 'dryRun']),
  )
  .option(
    '--restarts <n>',
    'with --workers: how often all of them start again from the last checkpoint when one is lost',
    wholeNumber(0, 1000),
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
    const workers = workersOf(options)
    const request = { name, datasetId, preset, values, chain: options.then }
    const again = startOver === undefined ? null : { startOver }
    const onward = resume === undefined ? again : { resume }
    await pretrain({ project, json, workers, request: onward ?? request })
  })
