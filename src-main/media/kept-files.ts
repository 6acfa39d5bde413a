import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '../base/workbench-error.ts'
import { clipStripFile } from '../store/clip-strip-file.ts'
import { methodPicturesFile } from '../store/method-pictures-file.ts'
import type { Project } from '../store/project.ts'

/**
 * Absolute path of a run's newest strip of clips.
 * @throws WorkbenchError when there is no such run, or it has none.
 */
export function stripFile(project: Project, runId: number): string {
  const { id } = project.store.runs.get(runId)
  const file = clipStripFile(project.runFolder(id))
  if (existsSync(file)) return file
  throw new WorkbenchError(
    `Run ${id} has not shown any clips yet. It shows them at its first step.`,
  )
}

/** @throws WorkbenchError when there is no such run, or it has no pictures of the step. */
export function madeFile(project: Project, runId: number, step: number): string {
  const { id } = project.store.runs.get(runId)
  const file = methodPicturesFile(project.runFolder(id), step)
  if (existsSync(file)) return file
  throw new WorkbenchError(`Run ${id} has no pictures of step ${step}. Choose another step.`)
}

/** @throws WorkbenchError when there is no such evaluation, or it has left no such picture. */
export function evaluationFile(project: Project, evaluationId: number, name: string): string {
  const { id } = project.store.evaluations.get(evaluationId)
  const file = join(project.evaluationFolder(id), name)
  if (existsSync(file)) return file
  throw new WorkbenchError(
    `Evaluation ${id} has no picture ${name}. Run the evaluation again to make it.`,
  )
}
