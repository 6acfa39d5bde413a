import { join } from 'node:path'
import type { ClipWindow, MaskBase, MaskEdit } from '#shared/contract/mask-windows.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { Store } from '#main/store/store.ts'
import { video } from '../runs/sample-rows.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

export const WIDTH = 8
export const HEIGHT = 4
export const PIXELS = WIDTH * HEIGHT

export function project(videos = 2) {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const store = new Store(file)
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const rows = Array.from({ length: videos }, (_, i) => video(i, 'train'))
  store.videos.write(
    datasetId,
    rows.map((row) => ({ ...row, width: WIDTH, height: HEIGHT })),
  )
  const ids = store.videos.query({}).items.map(({ id }) => id)
  return { store, file, ids }
}

export const clip = (videoId: number, start = 0): ClipWindow => ({
  videoId,
  start,
  frames: 16,
  stride: 2,
})

/** The runs of the pixels named. */
export function runs(...set: number[]): number[] {
  const mask = new Uint8Array(PIXELS)
  for (const pixel of set) mask[pixel] = 1
  return encodeRuns(mask)
}

export function base(...set: number[]): MaskBase {
  const origin = { beta: 0.5, variant: 'fame', adaptive: false, compensate: false, size: 112 }
  return {
    origin: { ...origin, variant: 'fame' },
    width: WIDTH,
    height: HEIGHT,
    fame: runs(...set),
  }
}

export function stroke(window: ClipWindow, revision: number, ...set: number[]): MaskEdit {
  return { window, revision, label: `brush ${revision}`, change: runs(...set) }
}
