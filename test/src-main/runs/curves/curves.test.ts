import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { curvesRequestSchema, type CurvesRequest } from '#shared/contract/curves.ts'
import { CurveCache } from '#main/runs/curves/curve-cache.ts'
import { curvesAsCsv } from '#main/runs/curves/curve-csv.ts'
import { thinCurves, thinCurvesInPieces } from '#main/runs/curves/thin-curves.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

function openRun() {
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const config = completeConfig({})
  store.runs.add({ name: 'r', config, datasetId, totalSteps: 10 })
  const cache = new CurveCache(store.runMetrics)
  const curves = async (request: Partial<CurvesRequest> = {}, fullFrom = 1) => {
    const [set, whole] = [await cache.read(1), curvesRequestSchema.parse({ id: 1, ...request })]
    const thin = thinCurves(set, whole, fullFrom)
    expect(await thinCurvesInPieces(set, whole, fullFrom)).toEqual(thin)
    return thin
  }
  const measure = (step: number, values: Record<string, number>) =>
    store.runMetrics.append(
      1,
      Object.entries(values).map(([name, value]) => ({ step, name, value })),
    )
  const csv = async () => [...curvesAsCsv(await cache.read(1))].join('')
  return { store, curves, measure, csv }
}

describe('curves of a run', () => {
  it('follow what is measured, a step that is measured again included', async () => {
    const { store, curves, measure } = openRun()
    for (let step = 1; step <= 4; step++) measure(step, { loss: step })
    expect((await curves()).curves[0]).toMatchObject({
      x: Float64Array.of(1, 2, 3, 4),
      y: Float64Array.of(1, 2, 3, 4),
    })
    measure(3, { loss: 30 })
    const [loss] = (await curves()).curves
    const [x, y] = [Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 30)]
    expect(loss).toMatchObject({ x, y, count: 3 })
    expect(loss.best).toEqual({ x: 1, value: 1 })
    store.close()
  })

  it('have their best value, of a contrastive loss from the full queue on', async () => {
    const { store, curves, measure } = openRun()
    const values = { loss: [1, 3, 2, 4], top5: [0.9, 0.1, 0.2, 0.3], spread: [3, 4, 2, 1] }
    for (let step = 1; step <= 4; step++) {
      const at = (name: keyof typeof values): number => values[name][step - 1]
      measure(step, { loss: at('loss'), top5: at('top5'), spread: at('spread'), lr: 1 })
      if (step === 1) continue
      measure(step, { time: 100 + step })
    }
    const bests = async (fullFrom: number, axis: 'step' | 'time') =>
      Object.fromEntries(
        (await curves({ axis }, fullFrom)).curves.map(({ name, best }) => [name, best]),
      )
    expect(await bests(3, 'step')).toEqual({
      loss: { x: 3, value: 2 },
      top5: { x: 4, value: 0.3 },
      spread: { x: 2, value: 4 },
      lr: null,
    })
    expect(await bests(3, 'time')).toMatchObject({
      loss: { x: 103, value: 2 },
      spread: { x: 102, value: 4 },
    })
    expect(await bests(5, 'step')).toMatchObject({ loss: null, top5: null })
    expect(await bests(5, 'time')).toMatchObject({ loss: null, top5: null })
    store.close()
  })

  it('are averaged only where they are measured: schedules and meters are given as they are', async () => {
    const { store, curves, measure } = openRun()
    const meters = { lr: 0.3, memory: 5e8, cpu: 0.5, stepTime: 2, clipsPerSecond: 7 }
    for (let step = 1; step <= 4; step++) measure(step, { ...meters, lr: 0.3 / step, loss: step })
    const found = (await curves({ smoothing: 0.5 })).curves
    const smoothed = found.filter(({ smooth }) => smooth !== null)
    expect(smoothed.map(({ name }) => name)).toEqual(['loss'])
    // By hand: sums of w^(4 - i) i over sums of w^(4 - i).
    const y = smoothed[0].smooth!.y
    expect(y.at(-1)).toBeCloseTo((4 + 3 / 2 + 2 / 4 + 1 / 8) / (1 + 1 / 2 + 1 / 4 + 1 / 8), 12)
    expect(found.find(({ name }) => name === 'lr')?.last.value).toBe(0.3 / 4)
    store.close()
  })

  it('read a long history whole, page after page', async () => {
    const { store, curves, measure } = openRun()
    for (let step = 1; step <= 9000; step++) measure(step, { loss: 1 / step })
    const { curves: found, step } = await curves({ columns: 20 })
    expect(found[0].count).toBe(9000)
    expect(found[0].x.length).toBeLessThanOrEqual(82)
    expect(step).toBe(9000)
    store.close()
  })

  it('stand over time where the trainer told it, with the places where it began again', async () => {
    const { store, curves, measure } = openRun()
    measure(1, { loss: 3, time: 100, session: 100 })
    measure(2, { loss: 2, time: 101 })
    measure(3, { loss: 1, time: 500, session: 500 })
    const onTime = await curves({ axis: 'time' })
    expect(onTime.curves).toMatchObject([
      { name: 'loss', x: Float64Array.of(100, 101, 500), y: Float64Array.of(3, 2, 1) },
    ])
    expect(onTime.breaks).toEqual([500])
    expect((await curves()).breaks).toEqual([3])
    store.close()
  })

  it('come smoothed, thinned for a window, and with the state to go on from', async () => {
    const { store, curves, measure } = openRun()
    for (let step = 1; step <= 10; step++) measure(step, { loss: step % 2 })
    const { curves: found } = await curves({ from: 4, to: 6, smoothing: 0.5 })
    expect(found[0].x).toEqual(Float64Array.of(3, 4, 5, 6))
    expect(found[0].smooth?.x).toEqual(Float64Array.of(3, 4, 5, 6))
    expect(found[0].average.total).toBeCloseTo(1 - 0.5 ** 10)
    store.close()
  })

  it('are one line a step as comma-separated values', async () => {
    const { store, measure, csv } = openRun()
    measure(1, { loss: 0.5, session: 9 })
    measure(2, { loss: 0.25, 'odd, name': 7 })
    measure(4, { 'odd, name': 8 })
    expect(await csv()).toBe('step,loss,"odd, name"\n1,0.5,\n2,0.25,7\n4,,8\n')
    for (let step = 5; step < 5000; step++) measure(step, { loss: step })
    expect((await csv()).split('\n')).toHaveLength(4998 + 2)
    store.close()
  })
})
