import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

function openStore(runs = 1): { store: Store; file: string } {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const store = new Store(file)
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const run = { name: 'r', config: completeConfig({}), datasetId, totalSteps: 10 }
  for (let i = 0; i < runs; i++) store.runs.add(run)
  return { store, file }
}

const loss = (step: number, value = 1 / step): MetricPoint => ({ step, name: 'loss', value })

describe('curves', () => {
  it('are read whole and once, whatever the batches, the commits and the pages', () => {
    const { store } = openStore(2)
    const chunks = fc.array(
      fc.record({
        owner: fc.constantFrom(1, 2),
        size: fc.integer({ min: 0, max: 6 }),
        flush: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    const written: Record<number, MetricPoint[]> = { 1: [], 2: [] }
    let step = 0
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 5 }), (list, limit) => {
        for (const { owner, size, flush } of list) {
          const points = Array.from({ length: size }, () => loss(++step))
          store.runMetrics.append(owner, points)
          written[owner].push(...points)
          if (flush) store.runMetrics.flush()
        }
        for (const owner of [1, 2]) {
          const seen: MetricPoint[] = []
          for (let seq = 0; ;) {
            const slice = store.runMetrics.after(owner, seq, limit)
            if (slice.points.length === 0) break
            expect(slice.points.length).toBeLessThanOrEqual(limit)
            seen.push(...slice.points)
            seq = slice.seq
          }
          expect(seen).toEqual(written[owner])
        }
      }),
      { numRuns: 20 },
    )
    store.close()
  })

  it('are readable at once, and committed together a second later with the step of the run', () => {
    vi.useFakeTimers()
    const { store, file } = openStore()
    const other = new Store(file, { readonly: true })
    store.runMetrics.append(1, [loss(1)])
    store.runMetrics.append(1, [loss(2)])
    expect(store.runMetrics.after(1, 0).points).toEqual([loss(1), loss(2)])
    expect(other.runMetrics.after(1, 0).points).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(other.runMetrics.after(1, 0).points).toEqual([loss(1), loss(2)])
    expect(other.runs.get(1).step).toBe(2)
    vi.useRealTimers()
    other.close()
    store.close()
  })

  it('are committed when many points wait, and when the store is closed', () => {
    const { store, file } = openStore()
    const other = new Store(file, { readonly: true })
    store.runMetrics.append(
      1,
      Array.from({ length: 600 }, (_, i) => loss(i + 1)),
    )
    expect(other.runMetrics.after(1, 0).points).toHaveLength(600)
    store.runMetrics.append(1, [loss(601)])
    store.close()
    expect(other.runs.get(1).step).toBe(601)
    other.close()
  })

  it('replace a step that is done again after resuming, and tell it as new', () => {
    const { store } = openStore()
    store.runMetrics.append(1, [loss(1), loss(2), loss(3)])
    store.runMetrics.flush()
    const { seq } = store.runMetrics.after(1, 0)
    store.runMetrics.append(1, [loss(2, 9), loss(3, 8)])
    expect(store.runMetrics.after(1, seq).points).toEqual([loss(2, 9), loss(3, 8)])
    store.runMetrics.flush()
    expect(store.runMetrics.after(1, seq).points).toEqual([loss(2, 9), loss(3, 8)])
    expect(store.runMetrics.after(1, 0).points).toEqual([loss(1), loss(2, 9), loss(3, 8)])
    store.close()
  })

  it('go on in order when the store is opened again', () => {
    const { store, file } = openStore()
    store.runMetrics.append(1, [loss(1)])
    const { seq } = store.runMetrics.after(1, 0)
    store.close()
    const again = new Store(file)
    again.runMetrics.append(1, [loss(2)])
    expect(again.runMetrics.after(1, seq).points).toEqual([loss(2)])
    again.close()
  })
})
