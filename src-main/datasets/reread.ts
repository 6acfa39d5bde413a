import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import type { OutdatedVideo } from '../store/video-rows.ts'
import type { Prober } from './index-pass.ts'

/** Rows that are looked up at a time. */
const PAGE = 100

export interface RereadOptions {
  store: Store
  /** Asked for when the first video must be read. */
  decoder: () => Prober
  signal: AbortSignal
}

/**
 * Reads those videos again whose rows were made by older rules (see `READING`), so that a project of
 * an older version becomes right without being indexed. Files that are missing, have changed or bring
 * the decoder down are left to the next indexing. Returns the number of videos that were read.
 */
export async function rereadOutdated({ store, decoder, signal }: RereadOptions): Promise<number> {
  let read = 0
  for (let after = 0; ;) {
    const page = store.videos.outdated(after, PAGE)
    if (page.length === 0) return read
    for (const video of page) {
      if (signal.aborted) return read
      if (await reread(video, { store, decoder, signal })) read++
    }
    after = page.at(-1)!.id
  }
}

async function reread(
  { id, folder, path, size, modified, hash }: OutdatedVideo,
  { store, decoder, signal }: RereadOptions,
): Promise<boolean> {
  const file = join(folder, path)
  const found = await stat(file).catch(() => null)
  if (found?.size !== size || found.mtimeMs !== modified) return false
  const probed = await decoder()
    .probe(file, { signal, verify: false })
    .catch(() => null)
  if (!probed || signal.aborted) return false
  // An indexing may have moved or removed the row in the meantime.
  const row = store.videos.these([id])[0]
  if (row?.path !== path) return false
  const isSame = probed.hash === hash && probed.error === null
  const verified = probed.verified === true || (isSame && row.verified)
  const place = { path, class: row.class, split: row.split }
  store.videos.write(row.datasetId, [{ ...probed, ...place, size, modified, verified }])
  return true
}
