import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Relocation } from '#shared/contract/library.ts'
import type { ExportedMasks } from '#shared/contract/mask-files.ts'
import { exportRemoved } from '../masks/export-removed.ts'
import type { Store } from '../store/store.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** Rows a commit. */
const BATCH = 250
/** Files looked for at a time. */
const PARALLEL = 32

/**
 * Takes a data set out of the project, piece by piece; its files stay where they are. One that was
 * cut off is finished by doing it again.
 * @param exportsFolder takes a file of its masks first; null lets them go
 * @returns the file of its masks; null where it had none, or they were let go
 * @throws WorkbenchError when there is no such data set, runs or evaluations are of it, or its masks
 * cannot be written.
 */
export async function removeDataset(
  store: Store,
  id: number,
  exportsFolder: string | null,
): Promise<ExportedMasks | null> {
  const { name } = store.datasets.get(id)
  const runs = store.runs.list().filter((run) => run.datasetId === id)
  const evaluations = store.evaluations.list().filter((evaluation) => evaluation.datasetId === id)
  if (runs.length > 0 || evaluations.length > 0) {
    const what = [
      ...runs.map(({ id, trashedAt }) => `run ${id}${trashedAt === null ? '' : ' (in the trash)'}`),
      ...evaluations.map(({ id, runId }) =>
        runId === null ? `evaluation ${id}` : `evaluation ${id} of run ${runId}`,
      ),
    ]
    throw new WorkbenchError(
      `${name} is used by ${what.join(', ')}, whose results would lose their videos. ` +
        'Move those runs to the trash and empty it, which also deletes their evaluations, or keep ' +
        'the data set.',
    )
  }
  const exported = exportsFolder === null ? null : await exportRemoved(store, id, exportsFolder)
  while (store.videos.delete(id, BATCH) > 0) await breathe()
  store.datasets.delete(id)
  return exported
}

/**
 * Follows a data set whose folder has moved: rows, tags and ids stay, and its files are looked for in
 * the new folder.
 * @throws WorkbenchError when most of the files are not there, or another data set has the folder.
 */
export async function relocateDataset(
  store: Store,
  id: number,
  folder: string,
): Promise<Relocation> {
  const target = resolve(folder)
  const dataset = store.datasets.get(id)
  const owner = store.datasets.list().find((other) => other.folder === target && other.id !== id)
  if (owner) {
    throw new WorkbenchError(
      `${target} is the folder of ${owner.name}. Choose the new folder of ${dataset.name}.`,
    )
  }
  const { found, missing, example } = await lookFor(store, id, target)
  if (found < missing) {
    throw new WorkbenchError(
      `${missing} of ${found + missing} videos of ${dataset.name} are not in ${target}, ` +
        `such as ${example}. Choose the folder that contains it.`,
    )
  }
  store.datasets.move(id, target)
  return { found, missing }
}

async function lookFor(
  store: Store,
  datasetId: number,
  folder: string,
): Promise<Relocation & { example: string }> {
  const result = { found: 0, missing: 0, example: '' }
  for (const page of store.videos.pages({ datasetId })) {
    for (let at = 0; at < page.length; at += PARALLEL) {
      const paths = page.slice(at, at + PARALLEL).map(({ path }) => path)
      const there = await Promise.all(paths.map((path) => isFile(join(folder, path))))
      there.forEach((is, i) => {
        if (is) result.found++
        else result.missing++
        if (!is) result.example ||= paths[i]
      })
    }
  }
  return result
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  return stats?.isFile() ?? false
}
