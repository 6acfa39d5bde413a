import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Imported } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Store } from '../../store/store.ts'
import { videoFiles } from './layout.ts'
import { hasAllVideos } from './video-contents.ts'

export function hasVideoList(runFolder: string): boolean {
  return existsSync(join(runFolder, videoFiles.list))
}

/**
 * The data set that has every video that a run takes, whatever its name; null when there is none.
 * @param runFolder absolute, with the run's list of videos
 */
export async function findDataset(
  store: Store,
  name: string,
  runFolder: string,
): Promise<number | null> {
  const known = store.datasets.list().filter(({ videos }) => videos > 0)
  // The likely one first: a list of hundreds of thousands takes a second.
  for (const { id } of known.toSorted(
    (a, b) => Number(b.name === name) - Number(a.name === name),
  )) {
    if (await hasAllVideos(store, id, runFolder)) return id
  }
  return null
}

/** The data set of the same name and format, for results that are only shown; else a stand-in. */
export function sameNamed(store: Store, origin: Dataset, project: string): number {
  const known = store.datasets.list()
  const same = known.find(({ name, format }) => name === origin.name && format === origin.format)
  return same?.id ?? standIn(store, origin, project)
}

/**
 * A data set without videos, in the place where it lay: once that folder is indexed here, or the
 * data set is relocated, it has them.
 * @param project name of the one that the run comes from
 */
export function standIn(store: Store, { name, format, folder }: Dataset, project: string): number {
  const owner = store.datasets.list().find((dataset) => dataset.folder === folder)
  const isTaken = owner !== undefined && (owner.videos > 0 || owner.name !== name)
  return store.datasets.ensure({
    name,
    format,
    folder: isTaken ? `${folder} (of ${project})` : folder,
  })
}

/** `4 videos of set`. */
export function videosOf({ name, videos }: NonNullable<Imported['missing']>): string {
  return `${videos} ${videos === 1 ? 'video' : 'videos'} of ${name}`
}

/** Why an imported run cannot go on. */
export function lacksVideos(id: number, missing: NonNullable<Imported['missing']>): string {
  return (
    `Run ${id} was trained on ${videosOf(missing)}, and no data set of this project has all of them. ` +
    'Index that data set here, then resume the run.'
  )
}
