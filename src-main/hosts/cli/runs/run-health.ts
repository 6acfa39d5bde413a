import { Command } from 'commander'
import { complaintsOf, type JudgedMetric } from '#shared/metrics/health.ts'
import { healthWords } from '#shared/metrics/health-words.ts'
import { wholeNumber } from '../arguments.ts'
import { print, printJson, say, table } from '../output.ts'

export const healthCommand = new Command('health')
  .description("compare a run's metrics with their healthy ranges")
  .argument('<id>', 'number of the run', wholeNumber(1, 2 ** 31))
  .action(async (id: number, _options: object, command: Command) => {
    const { project: folder, json } = command.optsWithGlobals<{ project: string; json: boolean }>()
    const { openProject } = await import('../../../store/project.ts')
    const { RunCurves } = await import('../../../runs/curves/run-curves.ts')
    const project = openProject(folder, { readonly: true })
    try {
      const { config } = project.store.runs.get(id)
      const judged = await new RunCurves(project.store).health(id)
      if (json) judged.forEach(printJson)
      else {
        print(healthTable(judged, config.method))
        complaintsOf(judged).forEach(say)
      }
    } finally {
      project.close()
    }
  })

/** Each metric's latest mean, its healthy range, and how the two compare. */
export function healthTable(judged: readonly JudgedMetric[], method: string): string {
  const rows = judged.map((one) => Object.values(healthWords(one, method)) as string[])
  return table(['metric', 'mean of the latest steps', 'healthy', 'verdict'], rows)
}
