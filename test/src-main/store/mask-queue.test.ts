import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { queueQuerySchema, type QueueQuery } from '#shared/contract/mask-windows.ts'
import type { ScoredWindow } from '#main/store/mask-queue.ts'
import { Store } from '#main/store/store.ts'
import { video } from '../runs/sample-rows.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const author = 'Ada'

/** Videos of class Bounce (even) and Spin (odd); the last two are for the test. */
function project(videos: number) {
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const rows = Array.from({ length: videos }, (_, i) => video(i, i < videos - 2 ? 'train' : 'test'))
  store.videos.write(datasetId, rows)
  const { items } = store.videos.query({})
  const ids = rows.map(({ path }) => items.find((item) => item.path === path)!.id)
  return { store, datasetId, ids }
}

function scored(videoId: number, values: Partial<ScoredWindow> = {}): ScoredWindow {
  const score = { stability: 0.9, area: 0.3, agreement: 0.8, priority: 0.2 }
  return { videoId, start: 10, frames: 16, stride: 2, ...score, ...values }
}

function page(store: Store, query: QueueQuery = {}) {
  return store.maskQueue.page(queueQuerySchema.parse(query))
}

describe('the review queue', () => {
  it('is ordered by what deserves a look, with reasons, and paged', () => {
    const { store, ids } = project(4)
    store.maskQueue.write([
      scored(ids[0], { priority: 0.1 }),
      scored(ids[1], { priority: 0.9, stability: 0.2, area: 0.6 }),
      scored(ids[2], { priority: 0.5, agreement: 0.1 }),
    ])
    const { total, states, items } = page(store)
    expect(items.map(({ videoId }) => videoId)).toEqual([ids[1], ids[2], ids[0]])
    expect([total, states.untouched]).toEqual([3, 3])
    expect(items.map(({ reasons }) => reasons)).toEqual([
      ['unclear edge', 'mostly foreground'],
      ['colour and motion disagree'],
      [],
    ])
    expect(items[0]).toMatchObject({ class: 'Spin', path: 'Spin/v_Spin_1.avi', start: 10 })
    const second = page(store, { offset: 1, limit: 1 })
    expect(second).toMatchObject({ total: 3, items: [{ videoId: ids[2] }] })
    expect(page(store, { offset: 3 }).items).toEqual([])
  })

  it('goes by any other order, windows without a score last', () => {
    const { store, ids } = project(3)
    store.maskQueue.write([
      scored(ids[0], { stability: 0.7, area: 0.2, agreement: 0.9 }),
      scored(ids[1], { stability: 0.3, area: 0.1, agreement: 0.95 }),
    ])
    const window = { videoId: ids[2], start: 0, frames: 16, stride: 2 }
    store.masks.decide([{ window }], { state: 'approved' }, { author, label: 'approve' })
    const [a, b, c] = ids
    const order = (by: QueueQuery['order']) =>
      page(store, { order: by }).items.map((i) => i.videoId)
    expect(order('stability')).toEqual([b, a, c])
    expect(order('area')).toEqual([a, b, c])
    expect(order('agreement')).toEqual([a, b, c])
    expect(order('priority').at(-1)).toBe(c)
    expect(order('path')).toEqual([a, c, b])
    expect(order('changed')[0]).toBe(c)
    expect(page(store, { order: 'changed' }).items[0]).toMatchObject({ score: null, reasons: [] })
  })

  it('is filtered by data set, class, split and state, and counts states given the others', () => {
    const { store, datasetId, ids } = project(6)
    store.maskQueue.write(ids.map((id) => scored(id)))
    const reject = [0, 1, 5].map((i) => ({ window: clipOf(ids[i]) }))
    store.masks.decide(reject, { state: 'rejected' }, { author, label: 'reject' })
    expect(page(store, { class: 'Bounce', states: ['rejected'] })).toMatchObject({
      total: 1,
      states: { rejected: 1, untouched: 2, approved: 0, corrected: 0 },
      items: [{ videoId: ids[0], state: 'rejected' }],
    })
    expect(page(store, { split: 'test', datasetId, states: ['rejected'] }).total).toBe(1)
    expect(page(store, { states: ['untouched', 'rejected'] }).total).toBe(6)
    expect(page(store, { states: [] }).total).toBe(0)
    expect(page(store, { datasetId: datasetId + 1 }).total).toBe(0)
  })

  it('follows what is done to windows, and forgets one that was undone and has no score', () => {
    const { store, ids } = project(3)
    store.maskQueue.write([scored(ids[0])])
    const windows = [clipOf(ids[0]), clipOf(ids[1])]
    const items = windows.map((window) => ({ window }))
    store.masks.decide(items, { state: 'approved' }, { author, label: 'approve' })
    expect(page(store).states).toMatchObject({ approved: 2, untouched: 0 })
    for (const window of windows) store.masks.undo(window, author)
    expect(page(store)).toMatchObject({
      total: 1,
      items: [{ videoId: ids[0], state: 'untouched' }],
    })
    store.masks.redo(windows[1], author)
    expect(page(store).total).toBe(2)
  })

  it('keeps one untouched window a video, and those that somebody touched', () => {
    const { store, ids } = project(2)
    store.maskQueue.write([scored(ids[0], { start: 4 })])
    store.maskQueue.write([scored(ids[0], { start: 6, priority: 0.7 })])
    expect(page(store).items.map(({ start }) => start)).toEqual([6])
    const items = [{ window: { ...clipOf(ids[0]), start: 6 } }]
    store.masks.decide(items, { notes: 'here' }, { author, label: 'note' })
    store.maskQueue.write([scored(ids[0], { start: 8, priority: 0.1 })])
    expect(page(store).items.map(({ start }) => start)).toEqual([6, 8])
    expect(store.maskQueue.scored(ids)).toHaveLength(2)
  })

  it('follows a video that moves to another path, class and split, and loses one that goes', () => {
    const { store, datasetId, ids } = project(3)
    store.maskQueue.write(ids.map((id) => scored(id)))
    const moved = { ...video(0, 'val'), path: 'Fall/v.avi', class: 'Fall' }
    store.videos.write(datasetId, [{ ...moved, movedFrom: video(0, 'train').path }])
    expect(page(store, { class: 'Fall', split: 'val' }).items).toMatchObject([
      { videoId: ids[0], path: 'Fall/v.avi' },
    ])
    store.videos.delete(datasetId, 10)
    expect(page(store).total).toBe(0)
  })
})

function clipOf(videoId: number) {
  return { videoId, start: 10, frames: 16, stride: 2 }
}
