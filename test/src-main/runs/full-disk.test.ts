import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, it, vi } from 'vitest'
import { openProject, type Project } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject } from './training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4 }

/** From now on such a write is refused; the returned function makes room again. */
function refuse(project: Project, event: string, when = 'true'): () => void {
  const run = (sql: string): void => {
    const db = new Database(join(project.folder, 'workbench.sqlite'))
    db.exec(sql)
    db.close()
  }
  run(
    `CREATE TRIGGER full_disk BEFORE ${event} WHEN ${when}
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
  )
  return () => run('DROP TRIGGER full_disk')
}

it('a run that ends on a full disk shows how, and is stored when there is room', async () => {
  const project = trainingProject(temporaryFolder())
  const { runs } = openQueues(project)
  letTrainers({ steps: 20 })
  const { id } = runs.start({ values })
  const makeRoom = refuse(project, 'INSERT ON run_metrics')
  const events = await collect(runs.watch(id))
  expect(events).toContainEqual({
    type: 'warning',
    message: expect.stringContaining('disk is full'),
  })
  expect(events.at(-1)).toMatchObject({ run: { status: 'done' } })
  expect(storedStatus(project, id)).toBe('running')
  makeRoom()
  await vi.waitFor(() => expect(storedStatus(project, id)).toBe('done'), { timeout: 30_000 })
  expect(project.store.runs.get(id)).toMatchObject({ status: 'done', step: 20 })
  expect(project.store.runMetrics.after(id, 0).points).toHaveLength(20)
  project.close()
})

const FROM_RUNNING = "old.status = 'running' AND new.status IN ('failed', 'queued')"

it('a run that fails on a full disk shows as failed, and is resumed once there is room', async () => {
  const project = trainingProject(temporaryFolder())
  const { runs } = openQueues(project)
  letTrainers({ steps: 20, at: 3, then: 'fail' })
  const { id } = runs.start({ values })
  const makeRoom = refuse(project, 'UPDATE ON runs', FROM_RUNNING)
  await collect(runs.watch(id))
  const failed = { status: 'failed', error: expect.stringContaining('TensorFlow is not set up') }
  expect(project.store.runs.get(id)).toMatchObject(failed)
  expect(project.store.runs.list()[0]).toMatchObject(failed)
  expect(project.store.runs.withStatus('running')).toEqual([])
  expect(storedStatus(project, id)).toBe('running')
  expect(() => runs.resume(id)).toThrow('disk is full')
  makeRoom()
  letTrainers({ steps: 20 })
  runs.resume(id)
  const events = await collect(runs.watch(id))
  expect(events.at(-1)).toMatchObject({ run: { status: 'done', error: null } })
  expect(storedStatus(project, id)).toBe('done')
  project.close()
})

function storedStatus(project: Project, id: number): unknown {
  const db = new Database(join(project.folder, 'workbench.sqlite'), { readonly: true })
  const status = db.prepare('SELECT status FROM runs WHERE id = ?').pluck().get(id)
  db.close()
  return status
}

it('an evaluation keeps its result through a full disk', async () => {
  const project = trainingProject(temporaryFolder())
  const { evaluations } = openQueues(project)
  letTrainers({})
  const { id } = evaluations.start({ runId: null, protocol: 'linear' })
  const makeRoom = refuse(project, 'UPDATE ON evaluations', 'new.result IS NOT NULL')
  const events = await collect(evaluations.watch(id))
  expect(events).toContainEqual({ type: 'warning', message: expect.stringContaining('Free disk') })
  const done = { status: 'done', result: { scores: { top1: 0.5 } } }
  expect(project.store.evaluations.get(id)).toMatchObject(done)
  const detail = {
    classes: ['Bounce', 'Spin'],
    confusion: [0, 0, 1],
    perClass: [{ videos: 1, correct: 1 }],
  }
  expect(project.store.evaluations.detail(id)).toEqual(detail)
  makeRoom()
  const { evaluations: table } = project.store
  await vi.waitFor(() => expect(table.isUnwritten(id)).toBe(false), { timeout: 30_000 })
  expect(table.get(id)).toMatchObject(done)
  expect(table.detail(id)).toEqual(detail)
  project.close()
})

it('closing on a full disk still lets the next workbench in', async () => {
  const project = trainingProject(temporaryFolder())
  const { runs } = openQueues(project)
  letTrainers({ steps: 1 })
  const { id } = runs.start({ values })
  await collect(runs.watch(id))
  refuse(project, 'INSERT ON run_metrics')
  project.store.runMetrics.append(id, [{ step: 2, name: 'loss', value: 1 }])
  expect(() => project.close()).toThrow('disk is full')
  openProject(project.folder).close()
})
