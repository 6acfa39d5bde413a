import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LibraryFilter, LibrarySort } from '#shared/contract/library.ts'
import type { MaskState } from '#shared/contract/mask-windows.ts'
import { Library } from '#main/library/library.ts'
import { Tagging } from '#main/library/tagging.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { indexedVideo, seedVideos } from './seeded-store.ts'

const temporaryFolder = temporaryFolders()
const byPath: LibrarySort = { by: 'path', descending: false }

function open(count = 0) {
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  const library = new Library(store)
  const first = seedVideos(store, count, '/first')
  const paths = async (filter: LibraryFilter, sort = byPath) =>
    (await library.page({ filter, sort, offset: 0, limit: 500 })).items.map(({ path }) => path)
  return { store, library, tagging: new Tagging(store, library), first, paths }
}

describe('a library', () => {
  it('filters by every field as a plain filter over the rows does', async () => {
    const { store, library, first, paths } = open(400)
    const second = seedVideos(store, 50, '/second')
    const rows = [...store.videos.pages()].flat()
    const check = async (filter: LibraryFilter, passes: (row: (typeof rows)[0]) => boolean) => {
      const expected = rows.filter(passes)
      expect(expected.length).toBeGreaterThan(0)
      expect(await paths(filter)).toEqual(expected.map(({ path }) => path))
      expect((await library.facets(filter)).total).toBe(expected.length)
    }
    await check({}, () => true)
    await check({ datasets: [second] }, (row) => row.datasetId === second)
    await check({ classes: ['RideHorse', 'JumpRope'] }, (row) =>
      ['RideHorse', 'JumpRope'].includes(row.class ?? ''),
    )
    await check({ splits: ['test'], damaged: false }, (r) => r.split === 'test' && !r.error)
    await check({ damaged: true }, (row) => row.error !== null)
    await check(
      { length: { min: 100, max: 150 } },
      ({ frames }) => frames !== null && frames >= 100 && frames <= 150,
    )
    await check(
      { size: { min: 500_000 }, datasets: [first] },
      ({ size, datasetId }) => datasetId === first && size !== null && size >= 500_000,
    )
    store.close()
  })

  it('counts what each value would show, given the other fields', async () => {
    const { store, library } = open(600)
    const filter: LibraryFilter = { classes: ['RideHorse'], splits: ['train'] }
    const facets = await library.facets(filter)
    for (const { name, count } of facets.classes) {
      expect(count).toBe((await library.facets({ ...filter, classes: [name] })).total)
    }
    for (const { name, count } of facets.splits) {
      expect(count).toBe((await library.facets({ ...filter, splits: [name] })).total)
    }
    expect(facets.damaged).toBe((await library.facets({ ...filter, damaged: true })).total)
    const { edges, counts, most } = facets.lengths
    expect((await library.facets({ ...filter, length: { min: most } })).total).toBeGreaterThan(0)
    expect((await library.facets({ ...filter, length: { min: most + 1 } })).total).toBe(0)
    for (const [i, count] of counts.entries()) {
      const max = i + 1 < edges.length ? edges[i + 1] - 1 : undefined
      const length = { min: edges[i], max }
      expect(count).toBe((await library.facets({ ...filter, length })).total)
    }
    expect(edges.length).toBeGreaterThan(10)
    store.close()
  })

  it('finds words by their beginnings in path, class and tags, also inside joined names', async () => {
    const { store, tagging, first, paths } = open()
    store.videos.write(first, [
      indexedVideo('ApplyEyeMakeup/v_g01_c01.avi'),
      indexedVideo('Élan/sauté.avi'),
      indexedVideo('Spin/v_g02_c01.avi', { class: null }),
    ])
    const [eye, elan, spin] = [
      'ApplyEyeMakeup/v_g01_c01.avi',
      'Élan/sauté.avi',
      'Spin/v_g02_c01.avi',
    ]
    expect(await paths({ search: 'applyey' })).toEqual([eye])
    expect(await paths({ search: 'EYE' })).toEqual([eye])
    expect(await paths({ search: 'elan saute' })).toEqual([elan])
    expect(await paths({ search: 'v g0' })).toEqual([eye, spin])
    expect(await paths({ search: '"v_g02 OR' })).toEqual([])
    expect(await paths({ search: '* - "' })).toHaveLength(3)
    const id = store.videos.query({ search: 'Spin' }).items[0].id
    await tagging.edit({ videos: { ids: [id] }, add: ['to check'], remove: [] })
    expect(await paths({ search: 'chec v' })).toEqual([spin])
    store.videos.writePlaces(first, [{ path: spin, class: 'Turning', split: null }])
    expect(await paths({ search: 'turn' })).toEqual([spin])
    store.close()
  })

  it('sorts by each field with unknown values last, equal ones by path', async () => {
    const { store, library } = open(3000)
    const rows = [...store.videos.pages()].flat()
    const sorted = async (sort: LibrarySort) =>
      library.videos([...(await library.ids({ filter: {}, sort }))])
    for (const descending of [false, true]) {
      const frames = (await sorted({ by: 'length', descending })).map((row) => row.frames)
      const sign = descending ? -1 : 1
      const known = rows.flatMap((row) => row.frames ?? []).sort((a, b) => sign * (a - b))
      expect(frames).toEqual([...known, ...Array(rows.length - known.length).fill(null)])
      const classes = await sorted({ by: 'class', descending })
      expect(classes.map((row) => row.class)).toEqual(
        rows.map((row) => row.class).sort((a, b) => sign * ((a ?? '') < (b ?? '') ? -1 : 1)),
      )
      const rides = classes.filter((row) => row.class === 'RideHorse').map((row) => row.path)
      expect(rides).toEqual([...rides].sort())
      const errors = await sorted({ by: 'error', descending })
      const damaged = rows.filter((row) => row.error).length
      expect(errors.slice(0, damaged).every((row) => row.error)).toBe(true)
    }
    store.close()
  })

  it('filters and counts by what was decided on masks, as decisions come and are undone', async () => {
    const { store, library, first, paths } = open()
    const names = ['A/1.avi', 'A/2.avi', 'A/3.avi', 'A/4.avi']
    store.videos.write(
      first,
      names.map((path) => indexedVideo(path, { width: 4, height: 2 })),
    )
    const masksOf = async (filter: LibraryFilter = {}) =>
      Object.fromEntries((await library.facets(filter)).masks.map((it) => [it.name, it.count]))
    expect(await masksOf()).toEqual({ none: 4 })
    const ids = store.videos.query({}).items.map(({ id }) => id)
    const clip = (video: number, start = 0) => ({
      videoId: ids[video],
      start,
      frames: 16,
      stride: 2,
    })
    const decide = (video: number, state: MaskState, start = 0) =>
      store.masks.decide(
        [{ window: clip(video, start) }],
        { state },
        { author: 'me', label: state },
      )
    const origin = { beta: 0.5, adaptive: false, compensate: false, size: 112 }
    store.masks.edit(
      {
        window: clip(0),
        revision: 0,
        label: 'brush',
        base: { origin: { ...origin, variant: 'fame' }, width: 4, height: 2, fame: [8] },
        change: [2, 3, 3],
      },
      'me',
    )
    decide(1, 'approved')
    decide(2, 'rejected')
    decide(2, 'approved', 40)
    expect(await masksOf()).toEqual({ corrected: 1, approved: 2, rejected: 1, none: 1 })
    decide(0, 'approved')
    // A clip has one state, the same one as in the review queue.
    expect(await masksOf()).toEqual({ approved: 3, rejected: 1, none: 1 })
    expect(await paths({ masks: ['corrected'] })).toEqual([])
    expect(await paths({ masks: ['rejected', 'none'] })).toEqual(['A/3.avi', 'A/4.avi'])
    expect((await library.facets({ masks: ['rejected'] })).total).toBe(1)
    expect(await masksOf({ search: '3' })).toEqual({ approved: 1, rejected: 1 })
    store.masks.undo(clip(1), 'me')
    expect(await paths({ masks: ['none'] })).toEqual(['A/2.avi', 'A/4.avi'])
    store.close()
  })

  it('follows rows that come, change and go', async () => {
    const { store, library, first, paths } = open()
    expect(await paths({})).toEqual([])
    store.videos.write(first, [indexedVideo('B/2.avi'), indexedVideo('A/1.avi')])
    expect(await paths({})).toEqual(['A/1.avi', 'B/2.avi'])
    store.videos.write(first, [indexedVideo('B/2.avi', { frames: null, error: 'Gone' })])
    expect(await paths({ damaged: true })).toEqual(['B/2.avi'])
    store.videos.delete(first, 1)
    store.videos.write(first, [indexedVideo('C/3.avi')])
    expect(await paths({})).toHaveLength(2)
    expect((await library.facets({})).total).toBe(2)
    store.close()
  })
})

describe('edits of tags', () => {
  it('change what a filter passes, and are undone and redone exactly, also after a restart', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'workbench.sqlite')
    const tagsOf = async (library: Library) => (await library.facets({})).tags
    let store = new Store(file)
    let library = new Library(store)
    let tagging = new Tagging(store, library)
    seedVideos(store, 1200)
    const [has] = await library.ids({ filter: { splits: ['test'] }, sort: byPath })
    await tagging.edit({ videos: { ids: [has] }, add: ['blurred'], remove: [] })
    const { total } = await library.facets({ splits: ['test'] })
    const done = await tagging.edit({
      videos: { filter: { splits: ['test'] } },
      add: ['Blurred', 'held out'],
      remove: [],
    })
    expect(done.videos).toBe(total)
    expect(await tagsOf(library)).toEqual([
      { name: 'blurred', count: total },
      { name: 'held out', count: total },
    ])
    store.close()

    store = new Store(file)
    library = new Library(store)
    tagging = new Tagging(store, library)
    expect(tagging.history()).toEqual({
      undo: 'add tag “Blurred”, add tag “held out”',
      redo: null,
    })
    expect(await tagging.step('undo')).toMatchObject({ videos: total })
    expect(await tagsOf(library)).toEqual([{ name: 'blurred', count: 1 }])
    await tagging.step('redo')
    expect((await library.facets({ tags: ['held out'] })).total).toBe(total)
    await tagging.step('undo')
    await tagging.edit({ videos: { ids: [has] }, add: [], remove: ['blurred'] })
    expect(await tagging.step('redo')).toBeNull()
    expect(await tagsOf(library)).toEqual([])
    await tagging.step('undo')
    await tagging.step('undo')
    expect(await tagging.step('undo')).toBeNull()
    expect(await tagsOf(library)).toEqual([])
    store.close()
  })

  it('that change nothing leave nothing to undo', async () => {
    const { store, tagging, first } = open(3)
    expect(first).toBe(1)
    const edit = await tagging.edit({ videos: { ids: [1, 99] }, add: [], remove: ['never'] })
    expect(edit.videos).toBe(0)
    expect(tagging.history()).toEqual({ undo: null, redo: null })
    store.close()
  })
})

describe('saved filters', () => {
  it('are kept by name and replaced by one of the same name', () => {
    const { store } = open()
    const view = { filter: { splits: ['test' as const] }, sort: byPath }
    store.savedFilters.save('Held out', { filter: {}, sort: byPath })
    const saved = store.savedFilters.save('held out', view)
    expect(saved).toEqual([{ id: saved[0].id, name: 'held out', view }])
    expect(store.savedFilters.delete(saved[0].id)).toEqual([])
    store.close()
  })
})
