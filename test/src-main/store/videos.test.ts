import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Store } from '#main/store/store.ts'
import type { IndexedVideo } from '#main/store/video-rows.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

function video(path: string, values: Partial<IndexedVideo> = {}): IndexedVideo {
  return {
    path,
    class: path.split('/')[0],
    split: 'train',
    frames: 64,
    fps: 25,
    width: 128,
    height: 96,
    duration: 2.56,
    size: 1000,
    codec: 'mpeg4',
    error: null,
    modified: 1,
    ...values,
  }
}

function openStore(): { store: Store; datasetId: number } {
  const folder = temporaryFolder()
  const store = new Store(join(folder, 'workbench.sqlite'))
  return { store, datasetId: store.datasets.ensure({ name: 'a', format: 'ucf101', folder }) }
}

describe('the video index', () => {
  it('gives back what was written, and replaces a row written again', () => {
    const { store, datasetId } = openStore()
    store.videos.write(datasetId, [video('Spin/v_1.avi'), video('Spin/v_2.avi')])
    store.videos.write(datasetId, [video('Spin/v_2.avi', { frames: null, error: 'Truncated' })])
    const first = {
      id: 1,
      datasetId,
      path: 'Spin/v_1.avi',
      class: 'Spin',
      split: 'train',
      frames: 64,
      fps: 25,
      width: 128,
      height: 96,
      duration: 2.56,
      size: 1000,
      codec: 'mpeg4',
      error: null,
      headerFrames: null,
      verified: false,
      variableRate: null,
      pixelFormat: null,
      colours: null,
      rotation: null,
      mirrored: null,
      errorKind: null,
    }
    const second = { ...first, id: 2, path: 'Spin/v_2.avi', frames: null, error: 'Truncated' }
    expect(store.videos.query({})).toEqual({ total: 2, items: [first, second] })
    expect(store.videos.get(2).error).toBe('Truncated')
    store.close()
  })

  it('filters by class, split and part of the path, taking wildcards literally', () => {
    const { store, datasetId } = openStore()
    store.videos.write(datasetId, [
      video('Spin/v_100%.avi'),
      video('Spin/v_1000.avi', { split: 'test' }),
      video('Swing/v_1.avi', { split: null }),
    ])
    const paths = (query: object): string[] =>
      store.videos.query(query).items.map((item) => item.path)
    expect(paths({ class: 'Spin' })).toEqual(['Spin/v_100%.avi', 'Spin/v_1000.avi'])
    expect(paths({ split: 'test' })).toEqual(['Spin/v_1000.avi'])
    expect(paths({ search: '100%' })).toEqual(['Spin/v_100%.avi'])
    expect(paths({ search: 'v_1.' })).toEqual(['Swing/v_1.avi'])
    expect(paths({ search: '' })).toHaveLength(3)
    expect(paths({ datasetId: datasetId + 1 })).toEqual([])
    store.close()
  })

  it('pages through every row once, whatever the page size', () => {
    const { store } = openStore()
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 40 })
    const runs = { next: 0 }
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 9 }), (paths, limit) => {
        const datasetId = store.datasets.ensure({
          name: 'x',
          format: 'ucf101',
          folder: `/property/${runs.next++}`,
        })
        store.videos.write(
          datasetId,
          paths.map((path) => video(path)),
        )
        const seen: string[] = []
        for (let offset = 0; ; offset += limit) {
          const page = store.videos.query({ datasetId, offset, limit })
          expect(page.total).toBe(paths.length)
          if (page.items.length === 0) break
          seen.push(...page.items.map((item) => item.path))
        }
        expect(seen.toSorted()).toEqual(paths.toSorted())
        const walked = [...store.videos.pages({ datasetId })].flat().map((item) => item.path)
        expect(walked).toEqual(seen)
      }),
      { numRuns: 50 },
    )
    store.close()
  })

  it('finds and counts what each filter asks for, after any writing', () => {
    const { store } = openStore()
    const classes = [null, 'Bounce', 'Spin']
    const splits = [null, 'train', 'test'] as const
    const row = fc.record({
      path: fc.integer({ min: 0, max: 9 }).map((i) => `v_${i}.avi`),
      class: fc.constantFrom(...classes),
      split: fc.constantFrom(...splits),
      frames: fc.constantFrom(null, 0, 64),
      error: fc.constantFrom(null, 'Truncated'),
    })
    const step = fc.record({
      write: fc.array(row, { maxLength: 6 }),
      places: fc.array(row),
      lost: row,
    })
    const paths = { next: 0 }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 3 }), (steps) => {
        const folder = `/filters/${paths.next++}`
        const datasetId = store.datasets.ensure({ name: 'x', format: 'ucf101', folder })
        const model = new Map<string, IndexedVideo>()
        for (const { write, places, lost } of steps) {
          const rows = write.map((values) => video(values.path, values))
          store.videos.write(datasetId, rows)
          for (const each of rows) model.set(each.path, each)
          store.videos.writePlaces(datasetId, places)
          for (const { path, class: name, split } of places) {
            const old = model.get(path)
            if (old) model.set(path, { ...old, class: name, split })
          }
          const { items } = store.videos.query({ datasetId, search: lost.path })
          store.videos.writeLost(
            items.map(({ id }) => id),
            'gone',
          )
          const old = model.get(lost.path)
          if (old) model.set(lost.path, { ...old, error: 'gone' })
        }
        const rows = [...model.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
        for (const name of [undefined, 'Bounce', 'Spin']) {
          for (const split of [undefined, 'train', 'test'] as const) {
            for (const state of [{}, { damaged: true }, { readable: true }]) {
              const filter = { datasetId, class: name, split, ...state }
              const expected = rows.filter(
                (each) =>
                  (name === undefined || each.class === name) &&
                  (split === undefined || each.split === split) &&
                  (!('damaged' in state) || each.error !== null) &&
                  (!('readable' in state) || (each.error === null && (each.frames ?? 0) > 0)),
              )
              const { total, items } = store.videos.query(filter)
              expect(items.map(({ path }) => path)).toEqual(expected.map(({ path }) => path))
              expect(total).toBe(expected.length)
              expect([...store.videos.pages(filter)].flat()).toEqual(items)
              expect(store.videos.count({ ...filter, search: 'v_' })).toBe(expected.length)
            }
          }
        }
        expect(store.datasets.get(datasetId)).toMatchObject({
          videos: rows.length,
          damaged: rows.filter((each) => each.error !== null).length,
          classes: [...new Set(rows.flatMap((each) => each.class ?? []))].toSorted(),
        })
      }),
      { numRuns: 25 },
    )
    store.close()
  })

  it('walks across data sets and page borders', () => {
    const { store, datasetId } = openStore()
    const second = store.datasets.ensure({ name: 'b', format: 'ucf101', folder: '/b' })
    const rows = Array.from({ length: 700 }, (_, i) => video(`Spin/v_${i}.avi`))
    store.videos.write(second, rows)
    store.videos.write(datasetId, rows)
    const ids = [...store.videos.pages()].flat().map((item) => item.id)
    expect(new Set(ids).size).toBe(1400)
    expect([...store.videos.pages({ datasetId, search: '69' })].flat()).toHaveLength(
      rows.filter((row) => row.path.includes('69')).length,
    )
    store.close()
  })

  it('says which video is missing', () => {
    const { store } = openStore()
    expect(() => store.videos.get(7)).toThrow('There is no video 7')
    store.close()
  })
})

describe('the data sets', () => {
  it('counts videos and damaged ones, and sorts the classes', () => {
    const { store, datasetId } = openStore()
    store.videos.write(datasetId, [
      video('Swing/v_1.avi'),
      video('Bounce/v_1.avi', { error: 'Truncated' }),
      video('Swing/v_2.avi'),
      video('loose.avi', { class: null }),
    ])
    expect(store.datasets.get(datasetId)).toMatchObject({
      videos: 4,
      damaged: 1,
      classes: ['Bounce', 'Swing'],
    })
    store.close()
  })

  it('keeps one row a folder', () => {
    const { store, datasetId } = openStore()
    const { folder } = store.datasets.get(datasetId)
    expect(store.datasets.ensure({ name: 'renamed', format: 'ucf101', folder })).toBe(datasetId)
    expect(store.datasets.list().map((dataset) => dataset.name)).toEqual(['renamed'])
    expect(store.datasets.get(datasetId).classes).toEqual([])
    store.close()
  })

  it('says that nothing is indexed yet', () => {
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    expect(() => store.datasets.choose()).toThrow('No data set is indexed')
    store.close()
  })
})
