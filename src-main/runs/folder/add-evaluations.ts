import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Project } from '../../store/project.ts'
import type { Store } from '../../store/store.ts'
import {
  checkNames,
  copyChecked,
  explainCopying,
  readCard,
  stagingFolder,
} from './import-folder.ts'
import { layout } from './layout.ts'
import { evaluationsOf } from './rows.ts'
import { openRows, takeEvaluations } from './take-in.ts'

export type AddEvaluationsEvent =
  | { type: 'progress'; done: number; total: number }
  /** How many the project did not have. */
  | { type: 'done'; added: number }

/**
 * Adds to a run the evaluations that it has only in an exported folder; ends after `done`, or without
 * it when `signal` aborts.
 * @param run of the project, which is the exported one
 * @param folder absolute; it is read only
 * @throws WorkbenchError where a file is missing, changed or not the export's
 */
export async function* addEvaluations(
  project: Project,
  run: Run,
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<AddEvaluationsEvent, void, undefined> {
  const { card, sums } = await readCard(folder)
  const paths = await checkNames(folder, sums)
  const staging = stagingFolder(project)
  const copying = { folder, sums, staging, signal }
  try {
    yield* copyChecked(copying, [layout.rows])
    if (signal?.aborted) return
    const { from } = await openRows(join(staging, layout.rows), card.run)
    try {
      const ids = lacking(project.store, run.id, from.evaluations.list())
      const files = paths.filter((path) => ids.some((id) => isOf(id, path)))
      yield* copyChecked(copying, files)
      if (signal?.aborted) return
      await takeEvaluations(project, from, { card, to: run.id, own: run.datasetId, staging, ids })
      yield { type: 'done', added: ids.length }
    } finally {
      from.close()
    }
  } catch (error) {
    if (!signal?.aborted) throw explainCopying(error, folder, project.folder)
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Numbers of the evaluations that a run does not have. Their times stay when they move. */
function lacking(store: Store, run: number, exported: readonly Evaluation[]): number[] {
  const mark = ({ protocol, createdAt, finishedAt }: Evaluation): string =>
    JSON.stringify([protocol, createdAt, finishedAt])
  const known = new Set(evaluationsOf(store, run).map(mark))
  return exported.filter((evaluation) => !known.has(mark(evaluation))).map(({ id }) => id)
}

/** Whether a file of an exported run belongs to an evaluation. */
function isOf(id: number, path: string): boolean {
  return (
    path.startsWith(`${layout.evaluationFiles}/${id}/`) ||
    path === `${layout.evaluationVideos}/${id}.json` ||
    path === `${layout.logs}/evaluation-${id}.log`
  )
}
