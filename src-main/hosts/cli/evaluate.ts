import { Command, InvalidArgumentError, Option } from 'commander'
import { PROTOCOLS, type Protocol } from '#shared/config/protocols.ts'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'
import { settingOptions, typedSettings } from './evaluation-options.ts'
import { presetOption } from './hyper-parameter-options.ts'

interface EvaluateOptions extends Partial<Record<string, unknown>> {
  project: string
  run: number | 'random'
  preset?: string
  datasetId?: number
  protocol: Protocol
  json: boolean
}

export const evaluateCommand = new Command('evaluate')
  .description('evaluate a pretrained encoder, or a random one beside it')
  .addOption(projectOption())
  .addOption(
    new Option('--run <id>', "number of a run, or 'random' for an untrained encoder")
      .argParser(runArgument)
      .makeOptionMandatory(),
  )
  .addOption(
    new Option('--protocol <name>', 'how to evaluate').choices(PROTOCOLS).makeOptionMandatory(),
  )
  .addOption(presetOption("shape of the encoder with '--run random'"))
  .option('--dataset-id <id>', 'data set (default: the newest)', wholeNumber(1, 2 ** 31))
  .addOption(jsonOption())

for (const option of settingOptions()) evaluateCommand.addOption(option)

evaluateCommand.action(async ({ project, json, run, ...options }: EvaluateOptions) => {
  const { evaluate } = await import('./follow-run.ts')
  const { preset, datasetId, protocol } = options
  const encoder = { runId: run === 'random' ? null : run, preset }
  const request = { ...encoder, datasetId, protocol, settings: typedSettings(options) }
  await evaluate({ project, json, request })
})

function runArgument(text: string): number | 'random' {
  if (text === 'random') return text
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError("Expected a run's number or 'random'.")
}
