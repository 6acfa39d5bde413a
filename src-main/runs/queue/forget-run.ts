import { rm } from 'node:fs/promises'
import type { Project } from '../../store/project.ts'

/**
 * Takes a run away for good, with its files, its metrics and its evaluations; of an imported one also
 * a data set that stood in for its own.
 * @throws WorkbenchError when there is no such run
 */
export async function forgetRun(project: Project, id: number): Promise<void> {
  const { runs, evaluations, transfer } = project.store
  const { datasetId, imported } = runs.get(id)
  const own = evaluations.list().filter(({ runId }) => runId === id)
  for (const evaluation of own) {
    await rm(project.evaluationFolder(evaluation.id), { recursive: true, force: true })
    await rm(project.logFile('evaluation', evaluation.id), { force: true })
  }
  await rm(project.runFolder(id), { recursive: true, force: true })
  await rm(project.logFile('run', id), { force: true })
  runs.delete(id)
  if (!imported) return
  for (const dataset of new Set([datasetId, ...own.map((each) => each.datasetId)])) {
    transfer.dropUnused(dataset)
  }
}
