import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { migrate } from '#main/store/migrations.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

/** A version in which a result carried its whole matrix, and clips were all that could be set. */
const BEFORE = 1

it('takes the matrices of older results apart, and keeps their clips', () => {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const db = new Database(file)
  migrate(db, BEFORE)
  const confusion = [
    [2, 0, 1],
    [0, 0, 0],
    [3, 1, 12],
  ]
  const result = { scores: { top1: 0.5 }, confusion, classes: ['a', 'b', 'c'], seconds: 1 }
  db.exec(`INSERT INTO datasets (name, format, folder) VALUES ('set', 'ucf101', '/set')`)
  const insert = db.prepare(
    `INSERT INTO evaluations (run_name, dataset_id, protocol, config, clips, status, result,
       created_at) VALUES ('old', 1, 'linear', '{}', 4, ?, ?, '2026-01-01')`,
  )
  insert.run('done', JSON.stringify(result))
  insert.run('failed', null)
  db.close()
  const store = new Store(file)
  const [done, failed] = store.evaluations.list()
  expect(done.settings).toEqual(completeSettings('linear', { clips: 4 }))
  expect(done).toMatchObject({ group: null, result: { scores: { top1: 0.5 }, classCount: 3 } })
  expect(done.training).toEqual({
    cropScaleMin: 0.2,
    cropScaleMax: 1,
    flip: 0.5,
    variant: 'fame',
    beta: 0.5,
    streams: ['rgb'],
  })
  expect(done.result).not.toHaveProperty('confusion')
  expect(store.evaluations.detail(done.id)).toEqual({
    classes: ['a', 'b', 'c'],
    confusion: [0, 0, 2, 0, 2, 1, 2, 0, 3, 2, 1, 1, 2, 2, 12],
    perClass: [
      { videos: 3, correct: 2 },
      { videos: 0, correct: 0 },
      { videos: 16, correct: 12 },
    ],
  })
  expect(failed.result).toBeNull()
  expect(store.evaluations.detail(failed.id)).toBeNull()
  store.close()
})

it('keeps settings, group and details, the latter apart from the list', () => {
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  store.datasets.ensure({ name: 'set', format: 'ucf101', folder: '/set' })
  const settings = completeSettings('finetune', { merge: 'fame', splitList: 2 })
  const { id } = store.evaluations.add({
    runId: null,
    runName: 'random',
    datasetId: 1,
    protocol: 'finetune',
    settings,
    group: 'three',
    config: completeConfig({ beta: 0.3 }),
  })
  const detail = { confusion: [0, 0, 5], perClass: [{ videos: 5, correct: 5 }] }
  const counts = { trainVideos: 1, testVideos: 5, seconds: 1 }
  const intervals = { clipTop1: [0.5, 1] as [number, number] }
  const result = { scores: { top1: 1 }, intervals, classes: ['Spin'], ...counts }
  store.evaluations.change(id, { result, detail })
  store.evaluations.change(id, { status: 'done' })
  const evaluation = store.evaluations.get(id)
  expect(evaluation).toMatchObject({ settings, group: 'three', status: 'done' })
  expect(evaluation.training.beta).toBe(0.3)
  expect(evaluation).not.toHaveProperty('detail')
  // Names of many classes make the list of many evaluations long.
  expect(evaluation.result).toEqual({ scores: { top1: 1 }, intervals, classCount: 1, ...counts })
  expect(store.evaluations.classes(id)).toEqual(['Spin'])
  expect(store.evaluations.detail(id)).toEqual({ classes: ['Spin'], ...detail })
  const unwritten = { ...result, scores: { top1: 0 }, classes: ['Spin', 'Jump'] }
  store.evaluations.keep(id, { result: unwritten })
  expect(store.evaluations.get(id).result).toMatchObject({ scores: { top1: 0 }, classCount: 2 })
  expect(store.evaluations.classes(id)).toEqual(['Spin', 'Jump'])
  store.close()
})
