import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../../store/store.ts'
import { filesWithNumbers } from './apart/renumber.ts'
import { workApart } from './apart/run-in-process.ts'
import { originals } from './layout.ts'

/** Writes the paths of all videos that the files of an evaluation name, by their numbers here. */
export async function writePathsNamed(store: Store, folder: string, to: string): Promise<void> {
  await workApart({ type: 'write-paths', folder, to }, (question) => {
    if (!('ids' in question)) return []
    const found = new Map(store.videos.these(question.ids).map(({ id, path }) => [id, path]))
    return question.ids.map((id) => found.get(id) ?? null)
  })
}

/**
 * Files of an evaluation name videos by their numbers in the index, which are others in another
 * project: rewrites those of an imported evaluation with the numbers that the videos have here. As
 * long as some are missing, the originals stay beside them.
 * @param folder of the evaluation, absolute
 * @param paths file with the paths by the numbers that the files have, which is moved; left out where
 * the originals stand in the folder
 */
export async function renumberVideos(
  store: Store,
  datasetId: number,
  folder: string,
  paths?: string,
): Promise<void> {
  const aside = join(folder, originals.folder)
  if (paths !== undefined) await setAside(folder, aside, paths)
  const known = join(aside, originals.paths)
  if (!existsSync(known)) return
  const isWhole = await workApart(
    { type: 'renumber', folder, originals: aside, paths: known },
    (question) =>
      'paths' in question ? question.paths.map((path) => store.videos.idOf(datasetId, path)) : [],
  )
  if (isWhole) await rm(aside, { recursive: true })
}

async function setAside(folder: string, aside: string, paths: string): Promise<void> {
  const names = await filesWithNumbers(folder)
  if (names.length === 0 || !existsSync(paths)) return
  await mkdir(aside, { recursive: true })
  for (const name of names) await rename(join(folder, name), join(aside, name))
  await rename(paths, join(aside, originals.paths))
}
