import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.useRealTimers())

it('what is queued later goes later, though the clock goes back and over a restart', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const file = join(temporaryFolder(), 'workbench.sqlite')
  let store = new Store(file)
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const config = completeConfig({})
  const places: number[] = []
  const clock = ['2026-11-29T12:00', '2026-11-29T12:00', '2026-11-28T09:00', '1970-01-01T00:00']
  for (const [i, time] of clock.entries()) {
    vi.setSystemTime(new Date(`${time}:00Z`))
    store.close()
    store = new Store(file)
    const run = store.runs.add({ name: `run ${i}`, config, datasetId, totalSteps: 10 })
    const evaluation = store.evaluations.add({
      runId: null,
      runName: 'r',
      datasetId,
      protocol: 'linear',
      config,
      settings: {} as never,
    })
    places.push(run.place, evaluation.place)
  }
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(new Set(places).size).toBe(places.length)
  expect(store.runs.withStatus('queued').map(({ id }) => id)).toEqual([1, 2, 3, 4])
  store.close()
})
