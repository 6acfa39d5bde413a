/** Edits a mask of the project in argv[2] as fast as it can, telling each edit once it is made. */
import { writeSync } from 'node:fs'
import { openProject } from '#main/store/project.ts'
import { video } from '../runs/sample-rows.ts'

const { store } = openProject(process.argv[2])
const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
store.videos.write(datasetId, [video(0, 'train')])
const [{ id: videoId, width, height }] = store.videos.query({}).items
const window = { videoId, start: 0, frames: 16, stride: 2 }
const pixels = width! * height!
const origin = {
  beta: 0.5,
  variant: 'fame',
  adaptive: false,
  compensate: false,
  size: 112,
} as const
const base = { origin, width: width!, height: height!, fame: [pixels] }
for (let i = 0; ; i++) {
  const change = [i % (pixels - 1), 1, pixels - 1 - (i % (pixels - 1))]
  const edit = { window, revision: i, label: `pixel ${i}`, change }
  store.masks.edit(i === 0 ? { ...edit, base } : edit, 'Ada')
  writeSync(1, `${i}\n`)
}
