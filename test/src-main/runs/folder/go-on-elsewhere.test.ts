import { cpSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportRunFolder } from '#main/runs/folder/export-folder.ts'
import { RunFolders } from '#main/runs/folder/run-folders.ts'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { openProject, type Project } from '#main/store/project.ts'
import { readEvents } from '../../tensorboard/read-events.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../../trainer/tiny-videos.ts'
import { collect, until } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

it('a run goes on elsewhere exactly as where it was begun, and tells TensorBoard so', async () => {
  const here = projectWith(set.folder)
  const { runs } = new TrainerQueues(here)
  const { id, totalSteps } = runs.start({ values: tinyConfig({ epochs: 10 }) })
  // Told before its first step, it stops after that one or a few more.
  await until(runs.watch(id), (event) => event.type === 'run' && event.run.device !== null)
  runs.stop(id)
  await collect(runs.watch(id))
  const { step, status } = here.store.runs.get(id)
  expect(status).toBe('stopped')
  const folder = join(temporaryFolder(), 'exported')
  await collect(exportRunFolder(here, id, folder))

  const moved = join(temporaryFolder(), 'moved')
  cpSync(set.folder, moved, { recursive: true })
  const there = projectWith(moved)
  await collect(new RunFolders(there).import(folder))
  const elsewhere = new TrainerQueues(there)
  runs.resume(id)
  await collect(runs.watch(id))
  elsewhere.runs.resume(1)
  await collect(elsewhere.runs.watch(1))
  const ended = { status: 'done', error: null }
  expect([here.store.runs.get(id), there.store.runs.get(1)]).toMatchObject([ended, ended])

  const losses = lossesOf(here, id)
  expect(losses.map(([at]) => at)).toEqual(Array.from({ length: totalSteps }, (_, i) => i + 1))
  expect([step >= 1, step < totalSteps]).toEqual([true, true])
  expect(lossesOf(there, 1)).toEqual(losses)

  const sessions = eventsIn(join(there.runFolder(1), 'tensorboard'))
  expect(sessions[1][1]).toMatchObject({ session: 1, step: step + 1 })
  const shown = sessions.flatMap((events) =>
    events.flatMap(({ step: at, values }): [number, number][] =>
      'loss/loss' in values ? [[at, values['loss/loss']]] : [],
    ),
  )
  expect(shown).toEqual(losses.map(([at, loss]) => [at, Math.fround(loss)]))
  here.close()
  there.close()
})

function projectWith(folder: string): Project {
  const project = openProject(join(temporaryFolder(), 'project'))
  const { datasets, videos } = project.store
  const datasetId = datasets.ensure({ name: 'tiny', format: 'folder', folder })
  const shape = { fps: 25, width: 64, height: 48, duration: 1, size: 1, codec: 'ffv1' }
  const rows = set.videos.map(({ path, frames }) => {
    const row = { ...shape, path: basename(path), frames, error: null, modified: 1 }
    return { ...row, class: null, split: null }
  })
  videos.write(datasetId, rows)
  return project
}

function lossesOf(project: Project, id: number): [number, number][] {
  return project.store.runMetrics
    .after(id, 0, 100_000)
    .points.filter(({ name }) => name === 'loss')
    .map(({ step, value }) => [step, value])
}

function eventsIn(folder: string) {
  const names = readdirSync(folder).sort()
  return names.map((name) => readEvents(join(folder, name)))
}
