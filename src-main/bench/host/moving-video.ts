import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Project } from '../../store/project.ts'
import { writeVideo } from '../../video/writer.ts'
import { movingScene } from '../video/moving-scene.ts'

/** The one video of the big project that has a file. */
export const MOVING = { path: 'Moving/moving.avi', frames: 64, width: 320, height: 240 } as const

/** Writes a video with something that moves, beside those that are only rows. */
export async function addMovingVideo({ store }: Project, folder: string): Promise<void> {
  const { path, frames, width, height } = MOVING
  const set = join(folder, 'moving')
  const file = join(set, path)
  await mkdir(dirname(file), { recursive: true })
  const shape = { width, height, fps: 25 }
  await writeVideo(file, shape, [...movingScene({ width, height, frames })])
  const datasetId = store.datasets.ensure({ name: 'moving', format: 'folder', folder: set })
  const row = { path, class: 'Moving', frames, modified: 0, split: null, error: null }
  const known = { fps: 25, duration: frames / 25, size: 0, codec: 'mpeg4', width, height }
  store.videos.write(datasetId, [{ ...row, ...known }])
}
