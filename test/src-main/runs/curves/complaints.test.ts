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
  const [{ metric, min, max, below, above }] = checksOfRun({ config, totalSteps: 60 })
  const isTooLow = typeof min === 'number'
  const [ill, well] = isTooLow
    ? [min - 0.1, min + 0.1]
    : [(max as number) + 0.1, (max as number) - 0.1]
  const values = (of: (step: number) => number) =>
    Array.from({ length: 60 }, (_, i) => ({ step: i + 1, name: metric, value: of(i + 1) }))
  // One good value among bad ones saves no run, and one bad value among good ones is no sign.
  store.runMetrics.write(
    1,
    values((step) => (step < 40 || step === 58 ? well : ill)),
  )
  store.runMetrics.write(
    2,
    values((step) => (step === 58 ? ill : well)),
  )
  const curves = new RunCurves(store)
  expect(complaintsOf(await curves.health(1))).toEqual([isTooLow ? below : above])
  expect(complaintsOf(await curves.health(2))).toEqual([])
  const [first, ...others] = await curves.health(1)
  expect(first).toMatchObject({ verdict: isTooLow ? 'below' : 'above', latest: { step: 60 } })
  expect(Math.abs(first.latest!.mean - ill)).toBeLessThan(0.05)
  expect(others.map(({ latest }) => latest)).toEqual(others.map(() => null))
  store.close()
})
