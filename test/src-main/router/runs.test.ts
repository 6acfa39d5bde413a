import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ExportRunEvent, ImportRunEvent } from '#shared/contract/run-folders.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { connect } from '../hosts/web-client.ts'
import { collect, letTrainers, until } from '../runs/training-project.ts'
import { refusal, routerHost } from './router-host.ts'

const own = routerHost()
afterEach(() => vi.restoreAllMocks())
beforeAll(async () => {
  const request = { folder: own.folder, format: 'ucf101' } as const
  await collect<JobEvent>(await own.rpc.client.datasets.index(request))
})

describe('a run', () => {
  it('is watched from start to end and evaluated', async () => {
    const { runs, evaluations } = own.rpc.client
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
    const run = await own.rpc.client.runs.start({ values: { batch: 2, queue: 4 } })
    const other = await connect(own.host.port, own.cookie)
    const watched = collect<RunEvent>(await other.client.runs.watch({ id: run.id }))
    await until<RunEvent>(
      await own.rpc.client.runs.watch({ id: run.id }),
      (e) => e.type === 'metrics',
    )
    await own.rpc.client.runs.stop({ id: run.id })
    expect((await watched).findLast((event) => event.type === 'run')?.run.status).toBe('stopped')
    letTrainers({ steps: 10 })
    expect(await own.rpc.client.runs.resume({ id: run.id })).toMatchObject({ status: 'queued' })
    await collect<RunEvent>(await own.rpc.client.runs.watch({ id: run.id }))
    const { code, message } = await refusal(own.rpc.client.runs.resume({ id: run.id }))
    expect([code, message]).toEqual(['UNPROCESSABLE_CONTENT', expect.stringContaining('is done')])
    other.socket.close()
  })

  it('goes on when the client that watches it goes away, and its stream ends', async () => {
    letTrainers({ steps: 10_000, pause: 5 })
    const run = await own.rpc.client.runs.start({ values: { batch: 2, queue: 4 } })
    const ended = vi.fn()
    const watch = own.workbench.runs.watch.bind(own.workbench.runs)
    vi.spyOn(own.workbench.runs, 'watch').mockImplementationOnce(async function* (id, signal) {
      try {
        yield* watch(id, signal)
      } finally {
        ended()
      }
    })
    const other = await connect(own.host.port, own.cookie)
    await until<RunEvent>(
      await other.client.runs.watch({ id: run.id }),
      (event) => event.type === 'metrics',
    )
    other.socket.terminate()
    await vi.waitFor(() => expect(ended).toHaveBeenCalled(), { timeout: 5000 })
    expect((await own.rpc.client.runs.get({ id: run.id })).status).toBe('running')
    await own.rpc.client.runs.stop({ id: run.id })
    await collect<RunEvent>(await own.rpc.client.runs.watch({ id: run.id }))
  })

  it('is written as a folder, thrown away, and taken in again', async () => {
    const { runs } = own.rpc.client
    const { id } = await runs.start({ name: 'to go', values: { batch: 2, queue: 4, epochs: 1 } })
    await collect<RunEvent>(await runs.watch({ id }))
    const written = await collect<ExportRunEvent>(await runs.export({ id }))
    const last = written.at(-1)
    if (last?.type !== 'done') throw new Error('It was not written')
    expect(last.folder).toBe(join(own.root, 'project', 'exports', `run-${id}-to-go`))

    const { folder: from } = last
    const twice = await refusal(runs.import({ folder: from }).then(collect<ImportRunEvent>))
    expect(twice.code).toBe('UNPROCESSABLE_CONTENT')
    expect(twice.message).toContain(`already has this run, as run ${id} (to go)`)

    await runs.trash({ ids: [id], trashed: true })
    await runs.emptyTrash()
    const taken = await collect<ImportRunEvent>(await runs.import({ folder: from }))
    expect(taken.at(-1)).toMatchObject({
      type: 'done',
      run: { name: 'to go', status: 'done', step: 3, imported: { run: id, missing: null } },
    })
  })
})
