import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, it, vi } from 'vitest'
import { openProject, type Project } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject, until } from './training-project.ts'

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

it('a run that ends on a full disk is told of and recorded when there is room', async () => {
  const project = trainingProject(temporaryFolder())
  const { runs } = openQueues(project)
  letTrainers({ steps: 20 })
  const { id } = runs.start({ values })
  const makeRoom = refuse(project, 'INSERT ON run_metrics')
  const warning = await until(runs.watch(id), (event) => event.type === 'warning')
  expect(warning).toMatchObject({ message: expect.stringContaining('disk is full') })
  expect(project.store.runs.get(id).status).toBe('running')
  makeRoom()
  const events = await collect(runs.watch(id))
  expect(events.at(-1)).toMatchObject({ run: { status: 'done', step: 20 } })
  expect(project.store.runMetrics.after(id, 0).points).toHaveLength(20)
  project.close()
})

it('an evaluation keeps its result through a full disk', async () => {
  const project = trainingProject(temporaryFolder())
  const { evaluations } = openQueues(project)
  letTrainers({})
  const { id } = evaluations.start({ runId: null, protocol: 'linear' })
  const makeRoom = refuse(project, 'UPDATE ON evaluations', 'new.result IS NOT NULL')
  await until(evaluations.watch(id), (event) => event.type === 'warning')
  makeRoom()
  await collect(evaluations.watch(id))
  expect(project.store.evaluations.get(id)).toMatchObject({
    status: 'done',
    result: { scores: { top1: 0.5 } },
  })
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
