import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { openProject, type Project } from '#main/store/project.ts'
import type { ListedVideo } from '#main/trainer/process/messages.ts'
import { smallTree, writeTree } from '../datasets/ucf101-tree.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { video } from '../runs/sample-rows.ts'
import { collect, letTrainers, openQueues, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const own = (className: string, group: number) =>
  `UCF-101/${className}/v_${className}_g0${group}_c01.avi`
const listed = (className: string, group: number) => own(className, group).slice('UCF-101/'.length)

/** UCF101's layout with two classes of two videos; split 2 is split 1 the other way round. */
function ucf101(folder: string): Project {
  const set = join(folder, 'set')
  writeTree(set, {
    ...smallTree,
    'ucfTrainTestlist/trainlist02.txt': `${listed('Archery', 1)} 1\n${listed('Biking', 1)} 2\n`,
    'ucfTrainTestlist/testlist02.txt': `${listed('Archery', 2)}\n${listed('Biking', 2)}\n`,
    'ucfTrainTestlist/trainlist03.txt': `${listed('Archery', 1)} 1\n${listed('Biking', 2)} 2\n`,
    'ucfTrainTestlist/testlist03.txt': `${listed('Biking', 1)}\n`,
  })
  const project = openProject(join(folder, 'project'))
  const { datasets, videos } = project.store
  const datasetId = datasets.ensure({ name: 'UCF101', format: 'ucf101', folder: set })
  const rows = ['Archery', 'Biking'].flatMap((className) =>
    [1, 2].map((group) => ({
      ...video(0, group === 1 ? ('test' as const) : ('train' as const)),
      path: own(className, group),
      class: className,
    })),
  )
  videos.write(datasetId, rows)
  return project
}

function pathsOf(project: Project, split: 'train' | 'test'): string[] {
  const file = join(project.cacheFolder, 'evaluation', `${split}.jsonl`)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as ListedVideo).path)
}

it('takes the videos of another split list, and leaves the index as it is', async () => {
  const project = ucf101(temporaryFolder())
  const { evaluations } = openQueues(project)
  letTrainers({})
  const request = { runId: null, protocol: 'linear', settings: { splitList: 3 } } as const
  const { id } = evaluations.start(request)
  await collect(evaluations.watch(id))
  expect(project.store.evaluations.get(id)).toMatchObject({
    status: 'done',
    result: { trainVideos: 2, testVideos: 1 },
  })
  expect(pathsOf(project, 'train')).toEqual([own('Archery', 1), own('Biking', 2)])
  expect(pathsOf(project, 'test')).toEqual([own('Biking', 1)])
  expect(project.store.videos.count({ split: 'test' })).toBe(2)
  project.close()
})

it('queues all three split lists under one group', async () => {
  const project = ucf101(temporaryFolder())
  const { evaluations } = openQueues(project)
  letTrainers({})
  const started = await evaluations.startSplits({ runId: null, protocol: 'linear' })
  for (const { id } of started) await collect(evaluations.watch(id))
  expect(started.map(({ settings }) => settings.splitList)).toEqual([1, 2, 3])
  expect(new Set(started.map(({ group }) => group)).size).toBe(1)
  const done = started.map(({ id }) => project.store.evaluations.get(id))
  expect(done.map(({ result }) => result?.testVideos)).toEqual([2, 2, 1])
  project.close()
})

it('queues none of the three where a list is missing', async () => {
  const project = ucf101(temporaryFolder())
  writeTree(project.store.datasets.get(1).folder, { 'ucfTrainTestlist/testlist02.txt': '' })
  const { evaluations } = openQueues(project)
  await expect(evaluations.startSplits({ runId: null, protocol: 'linear' })).rejects.toThrow(
    'Split list 2 of',
  )
  expect(project.store.evaluations.list()).toEqual([])
  project.close()
})

it('fails with the reason where a list leaves a split empty', async () => {
  const project = ucf101(temporaryFolder())
  writeTree(project.store.datasets.get(1).folder, { 'ucfTrainTestlist/testlist03.txt': '' })
  const { evaluations } = openQueues(project)
  letTrainers({})
  const request = { runId: null, protocol: 'linear', settings: { splitList: 3 } } as const
  const { id } = evaluations.start(request)
  await collect(evaluations.watch(id))
  expect(project.store.evaluations.get(id)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('has no test videos that can be read by split list 3') as string,
  })
  project.close()
})

it('tests on training videos that are held out, the same ones every time', async () => {
  const project = trainingProject(temporaryFolder(), 16, 2)
  const { evaluations } = openQueues(project)
  letTrainers({})
  const lists: { train: string[]; test: string[] }[] = []
  for (const splitSeed of [1, 1, 2]) {
    const settings = { split: 'validation', splitSeed }
    const { id } = evaluations.start({ runId: null, protocol: 'knn', settings })
    await collect(evaluations.watch(id))
    expect(project.store.evaluations.get(id).status).toBe('done')
    lists.push({ train: pathsOf(project, 'train'), test: pathsOf(project, 'test') })
  }
  const training = project.store.videos.query({ split: 'train' }).items.map(({ path }) => path)
  const [first, again, other] = lists
  expect(again).toEqual(first)
  expect(other.test).not.toEqual(first.test)
  for (const { train, test } of lists) {
    expect([...train, ...test].sort()).toEqual(training.toSorted())
    const classes = test.map((path) => path.split('/')[0])
    expect(classes.filter((name) => name === 'Bounce')).toHaveLength(2)
    expect(classes.filter((name) => name === 'Spin')).toHaveLength(2)
  }
  project.close()
})

it('needs no test split to validate, and says so where nothing can be held out', async () => {
  const project = trainingProject(temporaryFolder(), 2, 0)
  const { evaluations } = openQueues(project)
  letTrainers({})
  const request = { runId: null, protocol: 'knn' } as const
  expect(() => evaluations.start(request)).toThrow('has no test videos that can be read')
  const { id } = evaluations.start({ ...request, settings: { split: 'validation' } })
  await collect(evaluations.watch(id))
  expect(project.store.evaluations.get(id)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('no class has two training videos') as string,
  })
  project.close()
})
