import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportedMasks } from '#shared/contract/mask-files.ts'
import type { Store } from '../store/store.ts'
import { exportMasks } from './export.ts'

/**
 * Writes all masks and decisions of a data set that is about to go into `folder`, as COCO, which
 * holds everything of them in one file.
 * @returns where they are; null where there are none
 * @throws WorkbenchError when there is no such data set, or the file cannot be written
 */
export async function exportRemoved(
  store: Store,
  datasetId: number,
  folder: string,
): Promise<ExportedMasks | null> {
  const { name } = store.datasets.get(datasetId)
  const out = await freeName(join(folder, `${name}-${new Date().toISOString().slice(0, 10)}`))
  for await (const event of exportMasks({ format: 'coco', out, datasetId }, store)) {
    if (event.type !== 'done') continue
    const { windows, leftOut } = event
    if (windows > 0) return { out, windows, leftOut }
  }
  await rm(out, { force: true })
  return null
}

async function freeName(start: string): Promise<string> {
  for (let n = 1; ; n++) {
    const file = n === 1 ? `${start}.json` : `${start}-${n}.json`
    if (!(await stat(file).catch(() => null))) return file
  }
}
