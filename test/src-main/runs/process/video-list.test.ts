import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeVideoList } from '#main/runs/process/video-list.ts'
import { readVideoList } from '#main/trainer/loader/video-list.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { video } from '../sample-rows.ts'
import { trainingProject } from '../training-project.ts'

const temporaryFolder = temporaryFolders()

it('a list of videos arrives at the trainer in the order of the index, over many pages', async () => {
  const folder = temporaryFolder()
  const project = trainingProject(folder, 1203)
  const { store } = project
  store.videos.write(1, [{ ...video(7, 'train'), path: 'Other/a "b".avi', class: 'Other' }])
  const dataset = store.datasets.get(1)
  const file = join(folder, 'new', 'videos.jsonl')
  const filter = { datasetId: 1, split: 'train' as const, readable: true }
  const written = await writeVideoList(file, { store, dataset, filter })
  expect(written.videos).toBe(1204)
  expect(readdirSync(join(folder, 'new'))).toEqual(['videos.jsonl'])
  const { videos, sha256 } = readVideoList({ file, root: dataset.folder })
  expect(sha256).toBe(written.sha256)
  const expected = [...store.videos.pages(filter)].flat()
  expect(videos.map(({ path }) => path)).toEqual(
    expected.map(({ path }) => join(dataset.folder, path)),
  )
  expect(new Set(videos.map(({ frames }) => frames))).toEqual(new Set([64]))
  const labels = expected.map((row) => dataset.classes.indexOf(row.class!))
  expect(videos.map(({ label }) => label)).toEqual(labels)

  store.videos.write(1, [video(5000, 'train')])
  await writeVideoList(file, { store, dataset, filter })
  expect(readVideoList({ file, root: dataset.folder }).sha256).not.toBe(sha256)
  project.close()
})

it('a list can leave out what has no class', async () => {
  const folder = temporaryFolder()
  const project = trainingProject(folder)
  const { store } = project
  store.videos.write(1, [{ ...video(9, 'train'), path: 'loose.avi', class: null }])
  const options = { store, dataset: store.datasets.get(1), filter: { datasetId: 1 } }
  const file = join(folder, 'videos.jsonl')
  expect((await writeVideoList(file, options)).videos).toBe(7)
  expect(readVideoList({ file, root: '/' }).videos.map(({ label }) => label)).toContain(-1)
  expect((await writeVideoList(file, { ...options, labelled: true })).videos).toBe(6)
  project.close()
})

it('a list that cannot be written or read says what to do', async () => {
  const folder = temporaryFolder()
  const project = trainingProject(folder)
  const { store } = project
  writeFileSync(join(folder, 'file'), '')
  const options = { store, dataset: store.datasets.get(1), filter: {} }
  await expect(writeVideoList(join(folder, 'file', 'list'), options)).rejects.toThrow(
    /cannot be written.*Free disk space/,
  )
  mkdirSync(join(folder, 'half'))
  const file = join(folder, 'half', 'videos.jsonl')
  writeFileSync(file, '{"path":"a.avi","frames":64,"label":0}\n{"path":"b.a\n')
  expect(() => readVideoList({ file, root: '/' })).toThrow(/cannot be read.*Restore it/)
  project.close()
})
