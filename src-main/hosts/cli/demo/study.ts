import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { shortcutRows } from '../../../study/shortcut-plan.ts'
import { jsonOption, wholeNumber } from '../arguments.ts'

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

export const studyCommand = new Command('study')
  .description('experiments that measure a claim of the paper')
  .addCommand(shortcutCommand)
