import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DecideEvent, EnergyPiece } from '#shared/contract/mask-windows.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { tiny, writeTinySet } from '../hosts/tiny-videos.ts'
import { collect, until } from '../runs/training-project.ts'
import { refusal, routerHost } from './router-host.ts'

const own = routerHost()
afterEach(() => vi.restoreAllMocks())
const { root, folder } = own

describe('a library', () => {
  it('is filtered, counted and tagged, and shows no files where there is no window', async () => {
    const { library, videos, savedFilters, datasets } = own.rpc.client
    await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    const filter = { splits: ['test' as const] }
    const { total, items } = await library.page({ filter, limit: 1 })
    expect([total, items.length]).toEqual([2, 1])
    expect(await library.facets(filter)).toMatchObject({ total: 2, readable: 2, damaged: 0 })
    const ids = [...(await library.ids({ filter, first: 1 }))]
    await library.tag({ videos: { ids }, add: ['  late '] })
    expect((await library.get({ id: ids[0] })).tags).toEqual(['late'])
    expect(await library.history()).toEqual({ undo: 'add tag “late”', redo: null })
    expect(await library.undo()).toMatchObject({ videos: 1 })
    expect(await library.redo()).toMatchObject({ videos: 1 })
    const tooLong = library.tag({ videos: { ids }, add: ['x'.repeat(61)] })
    expect((await refusal(tooLong)).message).toContain('60 letters')
    const [saved] = await savedFilters.save({ name: 'Tests', view: { filter } })
    expect(saved.view.filter).toEqual(filter)
    expect((await refusal(videos.reveal({ id: ids[0] }))).message).toContain(
      'Only the desktop window',
    )
    expect((await refusal(datasets.remove({ id: 99 }))).message).toContain('no data set 99')
  })
})

describe('a project', () => {
  it('tells its name, folder and host', async () => {
    expect(await own.rpc.client.project.info()).toEqual({
      name: 'project',
      folder: join(root, 'project'),
      host: 'web',
      chooser: null,
    })
  })
})

describe('indexing', () => {
  it('streams progress, ends with done, and gives rows', async () => {
    const { datasets, videos } = own.rpc.client
    const events = await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'progress', total: 7 }))
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 7, errors: 1 })
    const [dataset] = await datasets.list()
    expect(dataset).toMatchObject({ videos: 7, damaged: 1, classes: ['Bounce', 'Spin'] })
    const { total, items } = await videos.query({ split: 'test' })
    expect([total, items.map((video) => video.frames)]).toEqual([2, [40, 40]])
    expect(await videos.get({ id: items[0].id })).toEqual(items[0])
    expect((await videos.query({ damaged: true })).items[0].error).toMatch(/not a video/)
  })

  it('is given up by leaving the stream, and can be started anew at once', async () => {
    const { datasets } = own.rpc.client
    const other = join(root, 'other')
    mkdirSync(other)
    await writeTinySet(other)
    const request = { folder: other, format: 'ucf101' } as const
    await until<JobEvent>(await datasets.index(request), (event) => event.type === 'progress')
    const again = await collect<JobEvent>(await datasets.index(request))
    expect(again.at(-1)).toMatchObject({ type: 'done', total: 7, errors: 1 })
  })

  it('is refused beside another one', async () => {
    const { datasets } = own.rpc.client
    const first = await datasets.makeSample()
    await first.next()
    const second = await datasets.index({ folder, format: 'ucf101' })
    expect((await refusal(collect<JobEvent>(second))).message).toMatch(/are being indexed/)
    await first.return()
  })

  it('tells what is wrong with a folder inside the stream', async () => {
    const missing = join(root, 'nowhere')
    const events = await own.rpc.client.datasets.index({ folder: missing, format: 'ucf101' })
    const { code, message } = await refusal(collect<JobEvent>(events))
    expect(code).toBe('UNPROCESSABLE_CONTENT')
    expect(message).toContain(missing)
  })
})

describe('masks', () => {
  const origin = {
    beta: 0.5,
    variant: 'fame',
    adaptive: false,
    compensate: false,
    size: 48,
  } as const

  it('are edited, undone, decided on and listed by any client', async () => {
    const { datasets, library, masks } = own.rpc.client
    const indexed = await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    const datasetId = indexed.findLast((event) => event.type === 'done')?.datasetId ?? 0
    const filter = { datasets: [datasetId], splits: ['test' as const] }
    const [videoId] = await library.ids({ filter })
    const window = { videoId, start: 0, frames: 8, stride: 2 }
    expect(await masks.window(window)).toBeNull()
    const base = { origin, ...tiny, fame: [tiny.width * tiny.height] }
    const change = [10, 5, tiny.width * tiny.height - 15]
    const edit = { window, revision: 0, label: 'brush', change, base }
    const { window: kept, history } = await masks.edit(edit)
    expect([kept.state, history.undo, history.revision]).toEqual(['corrected', 'brush', 1])
    expect((await masks.window(window))?.mask).toEqual(change)
    expect((await refusal(masks.edit(edit))).message).toContain('changed elsewhere')
    expect(await masks.undo({ window })).toMatchObject({ label: 'brush', mask: null })
    expect(await masks.redo({ window })).toMatchObject({ label: 'brush', mask: change })
    expect(await masks.redo({ window })).toBeNull()

    const noted = { notes: 'hand' }
    expect((await masks.decide({ window, change: noted, origin }))?.window).toMatchObject(noted)
    expect(await masks.bulk()).toBeNull()
    const missing = {
      window: { ...window, videoId: 999 },
      change: { state: 'approved' },
      origin,
    } as const
    expect((await refusal(masks.decide(missing))).message).toContain('no video 999')

    const windows = [window, { ...window, start: 8 }]
    const decision = await masks.decideMany({ windows, change: { state: 'approved' }, origin })
    const last = (await collect<DecideEvent>(decision)).at(-1)
    expect(last).toMatchObject({ type: 'done', changed: 2, failures: 0 })
    expect(await masks.bulk()).toEqual({ label: 'approve', windows: 2 })
    expect((await masks.queue({ states: ['approved'] })).total).toBe(2)
    expect(await masks.undoBulk()).toEqual({ label: 'approve', undone: 2, kept: 0 })
    expect(await masks.windows({ videoId })).toMatchObject([{ ...window, state: 'corrected' }])

    const set = await masks.betas.set({ of: { scope: 'project' }, beta: 0.3 })
    expect(await masks.betas.list()).toEqual(set)
    expect(await masks.truth(window)).toBeNull()
    const energy = await collect<EnergyPiece>(await masks.energy({ videoId }))
    expect(energy.flatMap(({ values }) => values)).toHaveLength(40)
    const survey = await collect<JobEvent>(await masks.survey({ datasetId, frames: 8, size: 48 }))
    expect(survey.at(-1)).toMatchObject({ type: 'done', total: 6, errors: 0 })
    const { items } = await masks.queue({ limit: 2 })
    expect(items[0].score!.priority).toBeGreaterThanOrEqual(items[1].score!.priority)
  })

  it('are as ragged, and decided on as many at once, as the contract allows', async () => {
    const { datasets, library, masks } = own.rpc.client
    await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    const [videoId] = await library.ids({ filter: {} })
    const window = { videoId, start: 1, frames: 8, stride: 2 }
    const long = Array.from({ length: 500_000 }, () => 1)
    const edit = { window, revision: 0, label: 'brush', change: long }
    expect((await refusal(masks.edit(edit))).message).toContain('no mask yet')
    const windows = Array.from({ length: 100_000 }, () => ({ ...window, start: 100_000 }))
    const events = await masks.decideMany({ windows, change: { notes: '' }, origin })
    expect(await until(events, (event) => event.type === 'progress')).toBeDefined()
  })

  it('tell what cannot be done', async () => {
    const { masks } = own.rpc.client
    const window = { videoId: 999, start: 0, frames: 8, stride: 2 }
    const { code, message } = await refusal(masks.truth(window))
    expect([code, message]).toEqual(['NOT_FOUND', expect.stringContaining('no video 999')])
    expect((await refusal(masks.window({ ...window, frames: 1 }))).message).toMatch(/frames/)
  })
})

describe('what cannot be done', () => {
  it('names the field of a malformed request', async () => {
    const { code, message } = await refusal(own.rpc.client.videos.query({ limit: 0 }))
    expect(code).toBe('BAD_REQUEST')
    expect(message).toMatch(/limit/)
  })

  it('says what there is not and what to do', async () => {
    expect((await refusal(own.rpc.client.videos.get({ id: 999 }))).message).toMatch(/no video 999/)
    expect((await refusal(own.rpc.client.runs.get({ id: 999 }))).message).toMatch(/no run 999/)
    const watched = await refusal(
      own.rpc.client.runs.watch({ id: 999 }).then((events) => collect<RunEvent>(events)),
    )
    expect(watched.message).toMatch(/no run 999/)
    const reported = await refusal(
      own.rpc.client.evaluations.report({ ids: [999] }).then((pieces) => collect<string>(pieces)),
    )
    expect(reported.message).toMatch(/no evaluation 999/)
  })

  it('quotes the hyper-parameter table', async () => {
    const { message } = await refusal(own.rpc.client.runs.start({ values: { lr: -1 } }))
    expect(message).toBe('lr is -1: expected a number from 0 to 100.')
  })

  it('keeps the stack of a fault on this side', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(own.workbench, 'info').mockImplementationOnce(() => {
      throw new TypeError('Cannot read properties of undefined')
    })
    const { code, message } = await refusal(own.rpc.client.project.info())
    expect(code).toBe('INTERNAL_SERVER_ERROR')
    expect(message).toBe('The workbench failed: Cannot read properties of undefined')
    expect(logged).toHaveBeenCalled()
  })

  it('is not passed on when it does not fit the contract', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(own.workbench, 'info').mockReturnValueOnce({
      name: 'project',
      folder: 5 as unknown as string,
      host: 'web',
      chooser: null,
    })
    const { code } = await refusal(own.rpc.client.project.info())
    expect(code).toBe('INTERNAL_SERVER_ERROR')
    expect(logged.mock.calls.join()).toMatch(/folder/)
  })
})
