import { Command } from 'commander'
import { projectOption, wholeNumber } from '../arguments.ts'

export const predictionsCommand = new Command('predictions')
  .description("print an evaluation's predictions for each video as CSV")
  .argument('<evaluation>', 'number of the evaluation', wholeNumber(1, 2 ** 31))
  .addOption(projectOption())
  .action(async (id: number, { project: folder }: { project: string }) => {
    const { openProject } = await import('../../../store/project.ts')
    const { answersCsv } = await import('../../../reports/answers-csv.ts')
    const project = openProject(folder, { readonly: true })
    try {
      for await (const line of answersCsv(project, id)) process.stdout.write(line)
    } finally {
      project.close()
    }
  })
