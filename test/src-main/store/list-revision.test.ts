import { expect, it } from 'vitest'
import { base, clip, project, stroke } from './small-masks.ts'

it('the revision of lists grows with what lists are made from, and with nothing else', () => {
  const { store, ids } = project()
  const [{ id: datasetId, folder }] = store.datasets.list()
  const window = clip(ids[0])
  let before = store.listRevision.value
  const grows = (work: () => unknown): boolean => {
    work()
    const { value } = store.listRevision
    const isLater = value > before
    before = value
    return isLater
  }
  const { path } = store.videos.get(ids[0])
  const decided = { author: 'Ada', label: 'approve' }
  expect(grows(() => store.masks.edit({ ...stroke(window, 0, 1), base: base() }, 'Ada'))).toBe(true)
  expect(grows(() => store.masks.undo(window, 'Ada'))).toBe(true)
  expect(grows(() => store.masks.decide([{ window }], { state: 'rejected' }, decided))).toBe(true)
  expect(grows(() => store.maskBetas.set({ scope: 'project' }, 0.3))).toBe(true)
  expect(grows(() => store.maskBetas.set({ scope: 'project' }, null))).toBe(true)
  const places = [{ path, class: 'other', split: null }]
  expect(grows(() => store.videos.writePlaces(datasetId, places))).toBe(true)
  expect(grows(() => store.videos.delete(datasetId, 1))).toBe(true)
  const moved = { name: 'set', format: 'ucf101', folder, annotations: null } as const
  expect(grows(() => store.datasets.ensure(moved))).toBe(true)

  expect(grows(() => store.masks.list(ids[0]))).toBe(false)
  expect(grows(() => store.evaluationMetrics.write(1, []))).toBe(false)
  expect(grows(() => store.savedFilters.list())).toBe(false)
})
