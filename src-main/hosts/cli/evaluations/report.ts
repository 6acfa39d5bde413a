import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { projectOption } from '../arguments.ts'

interface ReportOptions {
  project: string
  out: string
  evaluations?: number[]
}

export const reportCommand = new Command('report')
  .description(
    'write the results of a project as one HTML page and as Markdown, CSV and LaTeX tables',
  )
  .addOption(projectOption())
  .option('--out <dir>', 'folder to write to', 'report')
  .option('--evaluations <ids>', 'only these evaluations, separated by commas', idsArgument)
  .action(async ({ project, out, evaluations }: ReportOptions) => {
    const { report } = await import('./write-report.ts')
    await report({ project, out: resolve(out), evaluations })
  })

function idsArgument(text: string): number[] {
  return text.split(',').map((part) => {
    if (/^\s*[1-9]\d*\s*$/.test(part)) return Number(part)
    throw new InvalidArgumentError('Expected numbers of evaluations, separated by commas.')
  })
}
