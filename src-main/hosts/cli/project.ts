import { Command, Option } from 'commander'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'
import { print, printJson, say } from './output.ts'

export const projectCommand = new Command('project').description(
  'check a project, or restore one whose database is lost',
)

projectCommand
  .command('check')
  .description('check a project without changing it; exits with 1 if something is wrong')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per finding'))
  .action(async ({ project, json }: { project: string; json: boolean }) => {
    const { checkProject } = await import('../../recovery/check.ts')
    let errors = 0
    for await (const finding of checkProject(project)) {
      if (finding.level === 'error') errors++
      if (json) printJson(finding)
      else print(`${MARKS[finding.level]} ${finding.what}: ${finding.message}`)
    }
    if (errors === 0) return
    throw new Error(`${errors} ${errors === 1 ? 'fault was' : 'faults were'} found.`)
  })

const MARKS = { ok: 'ok   ', note: 'note ', error: 'ERROR' } as const

projectCommand
  .command('number')
  .description(
    'give the first run of a new project this number; runs of several machines then differ in theirs',
  )
  .argument('<first>', 'number', wholeNumber(1, 2 ** 31))
  .addOption(projectOption())
  .action(async (first: number, { project: folder }: { project: string }) => {
    const { openProject } = await import('../../store/project.ts')
    const project = openProject(folder)
    try {
      project.store.runs.numberFrom(first)
    } finally {
      project.close()
    }
  })

interface RestoreCommandOptions {
  project: string
  backup?: string
  rebuild: boolean
  numberOn: boolean
  json: boolean
}

projectCommand
  .command('restore')
  .description(
    'restore a project whose database is lost, damaged or older than its runs; ' +
      'the old database is moved aside',
  )
  .addOption(projectOption())
  .option('--backup <file>', "start from this backup, or from the 'newest'")
  .addOption(
    new Option('--rebuild', 'use no backup; make all rows from the folders of runs')
      .default(false)
      .conflicts(['backup', 'numberOn']),
  )
  .addOption(
    new Option('--number-on', 'leave unknown folders alone and give new runs higher numbers')
      .default(false)
      .conflicts(['rebuild']),
  )
  .addOption(jsonOption())
  .action(async ({ project, json, ...options }: RestoreCommandOptions) => {
    const { restoreProject } = await import('../../recovery/restore.ts')
    const restored = await restoreProject(project, options)
    if (json) return printJson(restored)
    print(BASES[restored.base] ?? `The database was restored from ${restored.base}.`)
    for (const { kind, id, from, rounded } of restored.rebuilt) {
      print(`${kind} ${id}: ${OUTCOMES[from ?? 'none']}${rounded ? ROUNDED : ''}`)
    }
    if (restored.replaced !== null) print(`The old database is in ${restored.replaced}.`)
    say('Index the data sets whose videos are missing again.')
  })

const BASES: Record<string, string> = {
  current: 'The database is kept.',
  empty: 'A new database was made.',
}

const ROUNDED =
  "; its curve comes from TensorBoard's event files, whose values are rounded to float32"

const OUTCOMES = {
  card: 'restored from its own record',
  checkpoint: 'restored from its checkpoint; name, notes and evaluations are lost',
  none: 'its files are not sufficient to restore it; it stays as it is, and its number is not used again',
} as const
