import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DecideEvent, EnergyPiece } from '#shared/contract/mask-windows.ts'
import type { ExportRunEvent, ImportRunEvent } from '#shared/contract/run-folders.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { tiny, writeTinySet } from '../hosts/tiny-videos.ts'
import { connect, signIn, type RpcClient } from '../hosts/web-client.ts'
import { collect, fakeTrainer, letTrainers, until } from '../runs/training-project.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-router-'))
const folder = join(root, 'set')
let workbench: Workbench
let host: WebHost
let cookie: string
let rpc: RpcClient

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder)
  workbench = await openWorkbench({
    project: join(root, 'project'),
    host: 'web',
    trainerEntry: fakeTrainer,
  })
  host = await startWebHost({ workbench, pages: root })
  cookie = await signIn(host.url)
  rpc = await connect(host.port, cookie)
})

beforeEach(() => letTrainers({ steps: 3 }))

afterAll(async () => {
  vi.unstubAllEnvs()
  rpc.socket.close()
  await host.close()
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

/** What a refused call says to the client. */
async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) throw new Error(`Not refused: ${String(error)}`)
  expect(JSON.stringify(error)).not.toMatch(/\.ts:\d+/)
  return { code: error.code, message: error.message }
}

describe('a library', () => {
  it('is filtered, counted and tagged, and shows no files where there is no window', async () => {
    const { library, videos, savedFilters, datasets } = rpc.client
    await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    const filter = { splits: ['test' as const] }
    const { total, items } = await library.page({ filter, limit: 1 })
    expect([total, items.length]).toEqual([2, 1])
    expect(await library.facets(filter)).toMatchObject({ total: 2, readable: 2, damaged: 0 })
    const ids = await library.ids({ filter, first: 1 })
    await library.tag({ videos: { ids }, add: ['  late '] })
    expect((await library.get({ id: ids[0] })).tags).toEqual(['late'])
    expect(await library.history()).toEqual({ undo: 'add tag “late”', redo: null })
    expect(await library.undo()).toMatchObject({ videos: 1 })
    expect(await library.redo()).toMatchObject({ videos: 1 })
    const tooLong = library.tag({ videos: { ids }, add: ['x'.repeat(61)] })
    expect((await refusal(tooLong)).message).toContain('60 letters')
    const [saved] = await savedFilters.save({ name: 'Tests', view: { filter } })
    expect(saved.view.filter).toEqual(filter)
    expect((await refusal(videos.reveal({ id: ids[0] }))).message).toContain('Only a window')
    expect((await refusal(datasets.remove({ id: 99 }))).message).toContain('no data set 99')
  })
})

describe('a project', () => {
  it('tells its name, folder and host', async () => {
    expect(await rpc.client.project.info()).toEqual({
      name: 'project',
      folder: join(root, 'project'),
      host: 'web',
    })
  })
})

describe('indexing', () => {
  it('streams progress, ends with done, and gives rows', async () => {
    const { datasets, videos } = rpc.client
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
    const { datasets } = rpc.client
    const other = join(root, 'other')
    mkdirSync(other)
    await writeTinySet(other)
    const request = { folder: other, format: 'ucf101' } as const
    await until<JobEvent>(await datasets.index(request), (event) => event.type === 'progress')
    const again = await collect<JobEvent>(await datasets.index(request))
    expect(again.at(-1)).toMatchObject({ type: 'done', total: 7, errors: 1 })
  })

  it('is refused beside another one', async () => {
    const { datasets } = rpc.client
    const first = await datasets.makeSample()
    await first.next()
    const second = await datasets.index({ folder, format: 'ucf101' })
    expect((await refusal(collect<JobEvent>(second))).message).toMatch(/are being indexed/)
    await first.return()
  })

  it('tells what is wrong with a folder inside the stream', async () => {
    const missing = join(root, 'nowhere')
    const events = await rpc.client.datasets.index({ folder: missing, format: 'ucf101' })
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
    const { datasets, library, masks } = rpc.client
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

    const windows = [window, { ...window, start: 8 }]
    const decision = await masks.decide({ windows, change: { state: 'approved' }, origin })
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
    const { datasets, library, masks } = rpc.client
    await collect<JobEvent>(await datasets.index({ folder, format: 'ucf101' }))
    const [videoId] = await library.ids({ filter: {} })
    const window = { videoId, start: 1, frames: 8, stride: 2 }
    const long = Array.from({ length: 500_000 }, () => 1)
    const edit = { window, revision: 0, label: 'brush', change: long }
    expect((await refusal(masks.edit(edit))).message).toContain('no mask yet')
    const windows = Array.from({ length: 100_000 }, () => ({ ...window, start: 100_000 }))
    const events = await masks.decide({ windows, change: { notes: '' }, origin })
    expect(await until(events, (event) => event.type === 'progress')).toBeDefined()
  })

  it('tell what cannot be done', async () => {
    const { masks } = rpc.client
    const window = { videoId: 999, start: 0, frames: 8, stride: 2 }
    const { code, message } = await refusal(masks.truth(window))
    expect([code, message]).toEqual(['NOT_FOUND', expect.stringContaining('no video 999')])
    expect((await refusal(masks.window({ ...window, frames: 1 }))).message).toMatch(/frames/)
  })
})

describe('a run', () => {
  it('is watched from start to end and evaluated', async () => {
    const { runs, evaluations } = rpc.client
    const run = await runs.start({
      preset: 'small-fame',
      values: { batch: 2, queue: 4, epochs: 2 },
    })
    const events = await collect<RunEvent>(await runs.watch({ id: run.id }))
    const last = events.filter((event) => event.type === 'run').at(-1)
    expect(last?.run.status).toBe('done')
    expect(events.some((event) => event.type === 'metrics')).toBe(true)
    expect((await runs.list()).map(({ id }) => id)).toContain(run.id)

    const evaluation = await evaluations.start({ runId: run.id, protocol: 'retrieval' })
    await collect(await evaluations.watch({ id: evaluation.id }))
    expect(await evaluations.list()).toMatchObject([{ id: evaluation.id, status: 'done' }])
  })

  it('is stopped by one client while another watches', async () => {
    letTrainers({ steps: 10_000, pause: 5 })
    const run = await rpc.client.runs.start({ values: { batch: 2, queue: 4 } })
    const other = await connect(host.port, cookie)
    const watched = collect<RunEvent>(await other.client.runs.watch({ id: run.id }))
    await until<RunEvent>(await rpc.client.runs.watch({ id: run.id }), (e) => e.type === 'metrics')
    await rpc.client.runs.stop({ id: run.id })
    expect((await watched).findLast((event) => event.type === 'run')?.run.status).toBe('stopped')
    letTrainers({ steps: 10 })
    expect(await rpc.client.runs.resume({ id: run.id })).toMatchObject({ status: 'queued' })
    await collect<RunEvent>(await rpc.client.runs.watch({ id: run.id }))
    const { code, message } = await refusal(rpc.client.runs.resume({ id: run.id }))
    expect([code, message]).toEqual(['UNPROCESSABLE_CONTENT', expect.stringContaining('is done')])
    other.socket.close()
  })

  it('goes on when the client that watches it goes away, and its stream ends', async () => {
    letTrainers({ steps: 10_000, pause: 5 })
    const run = await rpc.client.runs.start({ values: { batch: 2, queue: 4 } })
    const ended = vi.fn()
    const watch = workbench.runs.watch.bind(workbench.runs)
    vi.spyOn(workbench.runs, 'watch').mockImplementationOnce(async function* (id, signal) {
      try {
        yield* watch(id, signal)
      } finally {
        ended()
      }
    })
    const other = await connect(host.port, cookie)
    await until<RunEvent>(
      await other.client.runs.watch({ id: run.id }),
      (event) => event.type === 'metrics',
    )
    other.socket.terminate()
    await vi.waitFor(() => expect(ended).toHaveBeenCalled(), { timeout: 5000 })
    expect((await rpc.client.runs.get({ id: run.id })).status).toBe('running')
    await rpc.client.runs.stop({ id: run.id })
    await collect<RunEvent>(await rpc.client.runs.watch({ id: run.id }))
  })

  it('is written as a folder, thrown away, and taken in again', async () => {
    const { runs } = rpc.client
    const { id } = await runs.start({ name: 'to go', values: { batch: 2, queue: 4, epochs: 1 } })
    await collect<RunEvent>(await runs.watch({ id }))
    const written = await collect<ExportRunEvent>(await runs.export({ id }))
    const last = written.at(-1)
    if (last?.type !== 'done') throw new Error('It was not written')
    expect(last.folder).toBe(join(root, 'project', 'exports', `run-${id}-to-go`))

    const { folder: from } = last
    const twice = await refusal(runs.import({ folder: from }).then(collect<ImportRunEvent>))
    expect(twice.code).toBe('UNPROCESSABLE_CONTENT')
    expect(twice.message).toContain(`is here already, as run ${id} (to go)`)

    await runs.trash({ ids: [id], trashed: true })
    await runs.emptyTrash()
    const taken = await collect<ImportRunEvent>(await runs.import({ folder: from }))
    expect(taken.at(-1)).toMatchObject({
      type: 'done',
      run: { name: 'to go', status: 'done', step: 3, imported: { run: id, missing: null } },
    })
  })
})

describe('what cannot be done', () => {
  it('names the field of a malformed request', async () => {
    const { code, message } = await refusal(rpc.client.videos.query({ limit: 0 }))
    expect(code).toBe('BAD_REQUEST')
    expect(message).toMatch(/limit/)
  })

  it('says what there is not and what to do', async () => {
    expect((await refusal(rpc.client.videos.get({ id: 999 }))).message).toMatch(/no video 999/)
    expect((await refusal(rpc.client.runs.get({ id: 999 }))).message).toMatch(/no run 999/)
    const watched = await refusal(
      rpc.client.runs.watch({ id: 999 }).then((events) => collect<RunEvent>(events)),
    )
    expect(watched.message).toMatch(/no run 999/)
  })

  it('quotes the hyper-parameter table', async () => {
    const { message } = await refusal(rpc.client.runs.start({ values: { lr: -1 } }))
    expect(message).toBe('lr is -1: expected a number from 0 to 100.')
  })

  it('keeps the stack of a fault on this side', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(workbench, 'info').mockImplementationOnce(() => {
      throw new TypeError('Cannot read properties of undefined')
    })
    const { code, message } = await refusal(rpc.client.project.info())
    expect(code).toBe('INTERNAL_SERVER_ERROR')
    expect(message).toBe('The workbench failed: Cannot read properties of undefined')
    expect(logged).toHaveBeenCalled()
  })

  it('is not passed on when it does not fit the contract', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(workbench, 'info').mockReturnValueOnce({
      name: 'project',
      folder: 5 as unknown as string,
      host: 'web',
    })
    const { code } = await refusal(rpc.client.project.info())
    expect(code).toBe('INTERNAL_SERVER_ERROR')
    expect(logged.mock.calls.join()).toMatch(/folder/)
  })
})

it('survives messages that are no calls', async () => {
  const { socket, client } = await connect(host.port, cookie)
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  socket.send('{not json')
  socket.send(new Uint8Array(100))
  expect((await client.project.info()).name).toBe('project')
  socket.close()
  logged.mockRestore()
})
