import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RunCurves } from '#main/runs/curves/run-curves.ts'
import { Store } from '#main/store/store.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS } from '#shared/methods/index.ts'
import { complaintsOf } from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

it.each(METHODS)('tells of a run with %s by the mean of its latest values', async (method) => {
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const config = completeConfig({ method })
  for (const name of ['ill', 'well']) store.runs.add({ name, config, datasetId, totalSteps: 60 })
  const [{ metric, below }] = checksOfRun({ config, totalSteps: 60 })
  const values = (of: (step: number) => number) =>
    Array.from({ length: 60 }, (_, i) => ({ step: i + 1, name: metric, value: of(i + 1) }))
  // One good value among bad ones saves no run, and one bad value among good ones is no sign.
  store.runMetrics.write(
    1,
    values((step) => (step < 40 ? 0.8 : step === 58 ? 0.3 : 0.01)),
  )
  store.runMetrics.write(
    2,
    values((step) => (step === 58 ? 0.01 : 0.8)),
  )
  const curves = new RunCurves(store)
  expect(complaintsOf(await curves.health(1))).toEqual([below])
  expect(complaintsOf(await curves.health(2))).toEqual([])
  const [first, ...others] = await curves.health(1)
  expect(first).toMatchObject({ verdict: 'below', latest: { step: 60 } })
  expect(first.latest?.mean).toBeLessThan(0.2)
  expect(others.map(({ latest }) => latest)).toEqual(others.map(() => null))
  store.close()
})
