/** Commits rows to the project in argv[2] as fast as it can, telling each commit after it is made. */
import { writeSync } from 'node:fs'
import { openProject } from '#main/store/project.ts'
import { video } from '../runs/sample-rows.ts'

const { store } = openProject(process.argv[2])
const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
for (let i = 0; ; i++) {
  const row = video(i, 'train')
  store.videos.write(datasetId, [row])
  writeSync(1, `${row.path}\n`)
}
