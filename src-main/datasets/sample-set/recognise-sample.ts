import { open } from 'node:fs/promises'
import type { ListedDataset } from '#shared/contract/videos.ts'
import type { Store } from '../../store/store.ts'
import { SAMPLE_NAME, sampleFolders } from './layout.ts'

/** Bytes of the stamp that are read: it has some 60. */
const MOST = 1024

/** Whether a folder carries the sample set's stamp. A folder that cannot be read is none. */
export async function isSampleSet(root: string): Promise<boolean> {
  try {
    const file = await open(sampleFolders.stamp(root))
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST), 0, MOST, 0)
      const stamp: unknown = JSON.parse(buffer.toString('utf8', 0, bytesRead))
      return (
        typeof stamp === 'object' && stamp !== null && 'name' in stamp && stamp.name === SAMPLE_NAME
      )
    } finally {
      await file.close()
    }
  } catch {
    return false
  }
}

/** The indexed data sets, the sample set recognised by its stamp. */
export function listDatasets(store: Store): Promise<ListedDataset[]> {
  return Promise.all(
    store.datasets
      .list()
      .map(async (dataset) => ({ ...dataset, isSample: await isSampleSet(dataset.folder) })),
  )
}
