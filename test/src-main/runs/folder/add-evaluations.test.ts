import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { exportRunFolder } from '#main/runs/folder/export-folder.ts'
import { knownRun } from '#main/runs/folder/import-folder.ts'
import { RunFolders } from '#main/runs/folder/run-folders.ts'
import type { Project } from '#main/store/project.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

/** A project with a run, and its export after another project has evaluated it. */
async function evaluatedElsewhere(): Promise<{ home: Project; run: number; folder: string }> {
  const home = trainingProject(temporaryFolder())
  letTrainers({})
  const queues = openQueues(home)
  const { id } = queues.runs.start({ name: 'waves', values: { batch: 2, queue: 4, epochs: 1 } })
  await collect(queues.runs.watch(id))
  await evaluate(home, id)
  const folder = temporaryFolder()
  await collect(exportRunFolder(home, id, join(folder, 'before')))
  const there = trainingProject(temporaryFolder())
  const done = (await collect(new RunFolders(there).import(join(folder, 'before')))).at(-1)
  if (done?.type !== 'done') throw new Error('It was not imported')
  await evaluate(there, done.run.id)
  await collect(exportRunFolder(there, done.run.id, join(folder, 'after')))
  there.close()
  return { home, run: id, folder: join(folder, 'after') }
}

async function evaluate(project: Project, runId: number): Promise<void> {
  const { evaluations } = openQueues(project)
  const { id } = evaluations.start({ runId, protocol: 'linear' })
  await collect(evaluations.watch(id))
  mkdirSync(project.evaluationFolder(id), { recursive: true })
  writeFileSync(join(project.evaluationFolder(id), 'clip.png'), `of ${project.folder}`)
}

async function added(project: Project, folder: string): Promise<number> {
  const run = await knownRun(project, folder)
  const last = (await collect(new RunFolders(project).addEvaluations(run!, folder))).at(-1)
  return last?.type === 'done' ? last.added : NaN
}

it('adds what another project has evaluated to a run, once', async () => {
  const { home, run, folder } = await evaluatedElsewhere()
  const [before] = home.store.evaluations.list()
  expect(await added(home, folder)).toBe(1)
  const [first, second, ...more] = home.store.evaluations.list()
  expect([first, more]).toEqual([before, []])
  expect(second).toMatchObject({ runId: run, datasetId: 1, status: 'done', result: before.result })
  expect(second.createdAt > before.createdAt).toBe(true)
  expect(home.store.evaluations.detail(second.id)).toEqual(home.store.evaluations.detail(before.id))
  expect(readdirSync(home.evaluationFolder(second.id))).toContain('clip.png')
  expect(existsSync(home.logFile('evaluation', second.id))).toBe(true)
  expect(readdirSync(join(home.folder, 'runs')).filter((name) => name.endsWith('.part'))).toEqual(
    [],
  )
  expect(await added(home, folder)).toBe(0)
  home.close()
})

it('adds nothing of a folder that has changed', async () => {
  const { home, folder } = await evaluatedElsewhere()
  const copy = join(temporaryFolder(), 'copy')
  cpSync(folder, copy, { recursive: true })
  appendFileSync(join(copy, 'evaluations/2/clip.png'), 'x')
  await expect(added(home, copy)).rejects.toThrow('has changed since the export')
  expect(home.store.evaluations.list()).toHaveLength(1)
  home.close()
})
