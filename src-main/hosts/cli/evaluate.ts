import { Command, InvalidArgumentError, Option } from 'commander'
import { presets } from '#shared/config/presets.ts'
import { protocolSchema, type Protocol } from '#shared/contract/evaluations.ts'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'

interface EvaluateOptions {
  project: string
  run: number | 'random'
  preset?: string
  datasetId?: number
  protocol: Protocol
  clips: number
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
    new Option('--protocol <name>', 'how to evaluate')
      .choices(protocolSchema.options)
      .makeOptionMandatory(),
  )
  .addOption(
    new Option('--preset <name>', "shape of the encoder with '--run random'").choices(
      presets.map((preset) => preset.name),
    ),
  )
  .option('--clips <n>', 'evenly spaced clips a video', wholeNumber(1, 100), 10)
  .option('--dataset-id <id>', 'data set (default: the newest)', wholeNumber(1, 2 ** 31))
  .addOption(jsonOption())
  .action(async ({ project, json, run, ...rest }: EvaluateOptions) => {
    const { evaluate } = await import('./follow-run.ts')
    await evaluate({ project, json, request: { ...rest, runId: run === 'random' ? null : run } })
  })

function runArgument(text: string): number | 'random' {
  if (text === 'random') return text
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError("Expected a run's number or 'random'.")
}
