import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { METHODS, type MethodName } from '#shared/methods/index.ts'
import { namedParts } from '#shared/methods/named-parts.ts'
import { DEFAULT_RATES, DEFAULT_STEPS } from '../../../study/methods-plan.ts'
import { shortcutRows } from '../../../study/shortcut-plan.ts'
import { jsonOption, realNumber, wholeNumber } from '../arguments.ts'

interface StudyCommandOptions {
  project: string
  out?: string
  seeds: number
  rows?: string[]
  known: boolean
  json: boolean
}

const shortcutCommand = new Command('shortcut')
  .description(
    "measure FAME's claim on the sample set: the baseline, FAME in its variants, and supervised training, " +
      'each with several seeds; continues where it was stopped',
  )
  .option('--project <dir>', 'project folder', 'study-shortcut')
  .option('--out <dir>', 'folder of the report (default: the project folder)')
  .option('--seeds <n>', 'seeds 1 to n', wholeNumber(1, 100), 3)
  .option('--rows <names>', 'only these rows, separated by semicolons', rowsArgument)
  .option('--known', 'train nothing; only report what the project has', false)
  .addOption(jsonOption())
  .action(async ({ project, out = project, ...options }: StudyCommandOptions) => {
    const { shortcut } = await import('./run-study.ts')
    await shortcut({ project: resolve(project), out: resolve(out), ...options })
  })

function rowsArgument(text: string): string[] {
  const known = shortcutRows.map(({ name }) => name)
  return text.split(';').map((part) => {
    const name = part.trim()
    if (known.includes(name)) return name
    throw new InvalidArgumentError(`There is no row '${name}'. Rows: ${known.join('; ')}.`)
  })
}

interface MethodsCommandOptions {
  project: string
  out?: string
  methods: MethodName[]
  combinations: string[]
  seeds: number
  rates: number[]
  steps: number
  hours?: number
  known: boolean
  json: boolean
}

const methodsCommand = new Command('methods')
  .description(
    'compare all methods on the sample set, without merging and with it, beside random weights and ' +
      'supervised training; the learning rate is chosen on held-out training videos; goes on where it ' +
      'was stopped',
  )
  .option('--project <dir>', 'project folder', 'study-methods')
  .option('--out <dir>', 'folder of the report (default: the project folder)')
  .option(
    '--methods <names>',
    `only these methods, with commas between them: ${METHODS.join(', ')}`,
    methodsArgument,
    [...METHODS],
  )
  .option(
    '--combinations <names>',
    `methods that train together as well, by the names of their lists: ${namedParts.map(({ name }) => name).join(', ')}`,
    combinationsArgument,
    [],
  )
  .option('--seeds <n>', 'seeds 1 to n; the closest rivals get one more', wholeNumber(1, 100), 2)
  .option(
    '--rates <factors>',
    "factors of the recipe's learning rate to choose among, separated by commas",
    ratesArgument,
    [...DEFAULT_RATES],
  )
  .option(
    '--steps <n>',
    'steps of 32 videos that every encoder is trained for, in whole epochs',
    wholeNumber(1, 1_000_000),
    DEFAULT_STEPS,
  )
  .option(
    '--hours <n>',
    'stop after so many hours; the same command goes on',
    realNumber(0.01, 10_000),
  )
  .option('--known', 'train nothing: report what the project has', false)
  .addOption(jsonOption())
  .action(async ({ project, out = project, ...options }: MethodsCommandOptions) => {
    const { methodsStudy } = await import('./run-methods-study.ts')
    await methodsStudy({ project: resolve(project), out: resolve(out), ...options })
  })

function methodsArgument(text: string): MethodName[] {
  const wanted = text.split(',').map((part) => part.trim())
  // In the order of the index, each once.
  const known = METHODS.filter((name) => wanted.includes(name))
  const unknown = wanted.find((name) => !METHODS.some((own) => own === name))
  if (unknown === undefined) return known
  throw new InvalidArgumentError(`There is no method '${unknown}'. Methods: ${METHODS.join(', ')}.`)
}

function combinationsArgument(text: string): string[] {
  const names = namedParts.map(({ name }) => name)
  return text.split(',').map((part) => {
    const name = part.trim()
    if (names.includes(name)) return name
    throw new InvalidArgumentError(`There is no list '${name}'. Lists: ${names.join(', ')}.`)
  })
}

function ratesArgument(text: string): number[] {
  return text.split(',').map(realNumber(0.001, 1000))
}

export const studyCommand = new Command('study')
  .description('experiments on the sample set')
  .addCommand(shortcutCommand)
  .addCommand(methodsCommand)
