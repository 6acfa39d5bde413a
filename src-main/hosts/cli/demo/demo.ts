import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'

interface DemoCommandOptions {
  project: string
  seed: number
  epochs?: number
  json: boolean
}

export const demoCommand = new Command('demo')
  .description(
    'run the whole job in minutes: sample set, pretraining with and without FAME, evaluation, report',
  )
  .option('--project <dir>', 'project folder', 'demo')
  .option('--seed <n>', 'seed of both runs', wholeNumber(0, 2_147_483_647), 1)
  .option(
    '--epochs <n>',
    "passes over the training videos (default: the demo's own)",
    wholeNumber(1, 10_000),
  )
  .addOption(jsonOption())
  .action(async ({ project, ...options }: DemoCommandOptions) => {
    const { demo } = await import('./run-demo.ts')
    await demo({ project: resolve(project), ...options })
  })
