import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { LastValues } from '#main/runs/curves/last-values.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe('the last measured values', () => {
  it('are those of each metric and run, whether or not they are on disk yet', async () => {
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
    const config = completeConfig({})
    for (const name of ['a', 'b']) store.runs.add({ name, config, datasetId, totalSteps: 9 })
    const values = new LastValues(store)
    expect(await values.all()).toHaveLength(2)

    const measure = (step: number, name: string, value: number) => ({ step, name, value })
    store.runMetrics.write(1, [
      ...[measure(1, 'loss', 3), measure(1, 'time', 99), measure(1, 'session', 99)],
      ...[measure(1, 'knn', 0.2), measure(2, 'loss', 2)],
    ])
    const of = async (id: number) => (await values.all()).find((run) => run.id === id)?.values
    // What is measured seldom is not lost behind what is measured at every step.
    expect(await of(1)).toEqual({ knn: { x: 1, value: 0.2 }, loss: { x: 2, value: 2 } })
    expect(await of(2)).toEqual({})
    store.runMetrics.append(1, [measure(3, 'loss', 1.5)])
    expect((await of(1))?.loss).toEqual({ x: 3, value: 1.5 })
    store.runMetrics.flush()
    expect((await of(1))?.loss).toEqual({ x: 3, value: 1.5 })
    // A run that goes on from its checkpoint measures a step once more.
    store.runMetrics.append(1, [measure(2, 'loss', 9)])
    expect((await of(1))?.loss).toEqual({ x: 2, value: 9 })
    store.close()
  })
})
