import { Command, InvalidArgumentError, Option } from 'commander'
import { SCHEDULES, schedulesFor } from '#shared/tasks/schedules.ts'
import { evaluationSettings } from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'
import { jsonOption, projectOption, UsageError, wholeNumber } from '../arguments.ts'
import { settingOptions, typedSettings } from './evaluation-options.ts'
import { presetOption } from '../runs/hyper-parameter-options.ts'

interface EvaluateOptions extends Partial<Record<string, unknown>> {
  project: string
  run?: number | 'random'
  preset?: string
  datasetId?: number
  protocol?: Protocol
  schedule?: string
  allSplits?: boolean
  resume?: number
  json: boolean
}

export const evaluateCommand = new Command('evaluate')
  .description('evaluate a pretrained or a randomly initialised encoder')
  .addOption(projectOption())
  .addOption(
    new Option('--run <id>', "number of the run, or 'random' for an untrained encoder").argParser(
      runArgument,
    ),
  )
  .addOption(new Option('--protocol <name>', 'how to evaluate').choices(PROTOCOLS))
  .addOption(presetOption("shape of the encoder with '--run random'"))
  .option(
    '--dataset-id <id>',
    "data set (default: the run's; with '--run random' the newest)",
    wholeNumber(1, 2 ** 31),
  )
  .addOption(
    new Option(
      '--schedule <name>',
      `a set of settings: ${describeSchedules()}; the options below change single settings`,
    ).choices(SCHEDULES),
  )
  .addOption(
    new Option('--all-splits', 'evaluate on all three split lists, and print the mean').conflicts(
      'splitList',
    ),
  )
  .addOption(
    new Option('--resume <id>', 'resume an evaluation that was stopped or has failed')
      .argParser(wholeNumber(1, 2 ** 31))
      .conflicts([
        ...['run', 'protocol', 'preset', 'datasetId', 'schedule', 'allSplits'],
        ...Object.keys(evaluationSettings),
      ]),
  )
  .addOption(jsonOption())

for (const option of settingOptions()) evaluateCommand.addOption(option)

evaluateCommand.action(async (options: EvaluateOptions) => {
  const { project, json, resume } = options
  const { evaluate, evaluateSplits } = await import('./follow-evaluation.ts')
  if (resume !== undefined) return evaluate({ project, json, request: { resume } })
  const request = requestOf(options)
  return (options.allSplits ? evaluateSplits : evaluate)({ project, json, request })
})

/** @throws UsageError when it is not said what to evaluate, and how. */
function requestOf(options: EvaluateOptions) {
  const { run, protocol, preset, datasetId, schedule } = options
  if (run === undefined || protocol === undefined) {
    throw new UsageError('Give --run and --protocol, or --resume.')
  }
  const scheduled = schedule === undefined ? {} : scheduledSettings(protocol, schedule)
  const settings = { ...scheduled, ...typedSettings(options) }
  return { runId: run === 'random' ? null : run, preset, datasetId, protocol, settings }
}

/** @throws UsageError for a schedule that the protocol does not have. */
function scheduledSettings(protocol: Protocol, schedule: string) {
  const known = schedulesFor(protocol)
  const found = known.find(([name]) => name === schedule)
  if (found) return found[1].values
  const names = known.map(([name]) => name).join(', ') || 'none'
  throw new UsageError(`${protocol} has no schedule '${schedule}'. Its schedules: ${names}.`)
}

function describeSchedules(): string {
  const all = PROTOCOLS.map((protocol) => {
    const own = schedulesFor(protocol).map(([name, { meaning }]) => `${name} (${meaning})`)
    return own.length > 0 ? `for ${protocol}: ${own.join(', ')}` : ''
  })
  return all.filter(Boolean).join('; ')
}

function runArgument(text: string): number | 'random' {
  if (text === 'random') return text
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError("Expected a run's number or 'random'.")
}
