import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { restoreProject } from '#main/recovery/restore.ts'
import { listBackups } from '#main/store/backups.ts'
import { openProject } from '#main/store/project.ts'
import { EventFile } from '#main/tensorboard/event-file.ts'
import { openWorkbench } from '#main/workbench.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import {
  addRun,
  backUp,
  checkpointsOf,
  config,
  copyDatabase,
  filledProject,
  keptFiles,
  loseDatabase,
  losses,
  putBack,
} from './lost-project.ts'

const temporaryFolder = temporaryFolders()

describe('restoring a project', () => {
  it('makes rows, curves and results from the folders when there is no backup', async () => {
    const folder = filledProject(temporaryFolder())
    const before = openProject(folder)
    const runs = before.store.runs.list()
    const evaluations = before.store.evaluations.list()
    before.close()
    loseDatabase(folder)
    const { base, rebuilt, replaced } = await restoreProject(folder)
    expect({ base, replaced }).toEqual({ base: 'empty', replaced: null })
    expect(rebuilt.map(({ kind, id, from }) => `${kind} ${id} ${from}`)).toEqual([
      ...['run 1 card', 'run 2 card', 'evaluation 1 card'],
    ])
    const project = openProject(folder)
    const { store } = project
    // The step is that of the curve, which comes back from the journal.
    expect(store.runs.list()).toEqual(runs.map((run) => ({ ...run, step: 6, notes: 'a note' })))
    expect(store.evaluations.list()).toEqual(evaluations)
    expect(store.runMetrics.after(1, 0).points).toEqual(losses(6))
    expect(store.datasets.list()).toMatchObject([{ name: 'set', videos: 0 }])
    expect(addRun(project, 'next')).toBe(3)
    project.close()
    expect(checkpointsOf(folder, 1)).toEqual(keptFiles)
  })

  it('has cards of what an older workbench made, once this one has opened the project', async () => {
    const folder = filledProject(temporaryFolder())
    const before = openProject(folder)
    before.store.evaluations.change(1, { finishedAt: '2026-11-01T11:00:00.000Z' })
    before.close()
    for (const card of ['runs/1', 'runs/2', 'evaluations/1']) {
      rmSync(join(folder, card, 'row.json'))
    }
    await (await openWorkbench({ project: folder, host: 'cli' })).close()
    loseDatabase(folder)
    const { rebuilt } = await restoreProject(folder)
    expect(rebuilt.map(({ from }) => from)).toEqual(['card', 'card', 'card'])
  })

  it('knows a run without a card by its checkpoint', async () => {
    const folder = filledProject(temporaryFolder())
    rmSync(join(folder, 'runs', '2', 'row.json'))
    writeFileSync(join(folder, 'runs', '2', 'videos.jsonl'), '{"path":"a"}\n{"path":"b"}\n')
    mkdirSync(join(folder, 'runs', '5'))
    writeFileSync(join(folder, 'runs', '5', 'strange'), '')
    loseDatabase(folder)
    const { rebuilt } = await restoreProject(folder)
    expect(rebuilt).toContainEqual({ kind: 'run', id: 2, from: 'checkpoint' })
    expect(rebuilt).toContainEqual({ kind: 'run', id: 5, from: null })
    const project = openProject(folder)
    expect(project.store.runs.get(2)).toMatchObject({
      config,
      step: 6,
      status: 'done',
      imported: { missing: { videos: 2 }, whole: true },
    })
    expect(project.store.runMetrics.after(2, 0).points).toEqual(losses(6))
    expect(addRun(project, 'next')).toBe(6)
    project.close()
  })

  it("takes the curve of a run without a journal from TensorBoard's event files", async () => {
    const folder = filledProject(temporaryFolder())
    const own = join(folder, 'runs', '2')
    rmSync(join(own, 'metrics.jsonl'))
    const events = join(own, 'tensorboard')
    const time = (step: number) => ({ step, name: 'time', value: 1000.5 + step })
    const write = (firstStep: number, points: MetricPoint[]) =>
      new EventFile(events, { firstStep, now: () => 999 }).append(points)
    // The second session measured steps 4 to 6 again, and steps after the last checkpoint are void.
    const old = losses(5).map((point) => (point.step > 3 ? { ...point, value: 9 } : point))
    write(1, [...old, ...[1, 2, 3, 4, 5].map(time)])
    write(4, [...losses(8).slice(3), ...[4, 5, 6, 7, 8].map(time)])
    const [, second] = readdirSync(events).sort()
    appendFileSync(join(events, second), 'cut off')
    loseDatabase(folder)
    const { rebuilt } = await restoreProject(folder)
    expect(rebuilt).toContainEqual({ kind: 'run', id: 2, from: 'card', rounded: true })
    expect(rebuilt).toContainEqual({ kind: 'run', id: 1, from: 'card' })
    const project = openProject(folder)
    const { points } = project.store.runMetrics.after(2, 0)
    const of = (name: string) => points.filter((point) => point.name === name)
    expect(of('loss')).toEqual(
      losses(6).map((point) => ({ ...point, value: Math.fround(point.value) })),
    )
    expect(of('time')).toEqual([1, 2, 3, 4, 5, 6].map(time))
    expect(of('session').map(({ step }) => step)).toEqual([1, 4])
    project.close()
  })

  it('takes steps from event files that a later journal lacks', async () => {
    const folder = filledProject(temporaryFolder())
    const own = join(folder, 'runs', '2')
    const journal = join(own, 'metrics.jsonl')
    const lines = readFileSync(journal, 'utf8').split('\n')
    writeFileSync(journal, lines.slice(3).join('\n'))
    new EventFile(join(own, 'tensorboard'), { firstStep: 1 }).append(losses(3))
    loseDatabase(folder)
    await restoreProject(folder)
    const project = openProject(folder)
    const { points } = project.store.runMetrics.after(2, 0)
    const found = points.filter(({ name }) => name === 'loss')
    expect(found.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
    const exact = losses(6).map(({ value }) => value)
    expect(found.map(({ value }) => value)).toEqual([
      ...exact.slice(0, 3).map(Math.fround),
      ...exact.slice(3),
    ])
    project.close()
  })

  it('restores the newest backup and adds what it lacks', async () => {
    const folder = filledProject(temporaryFolder())
    await backUp(folder)
    const project = openProject(folder)
    addRun(project, 'third')
    project.close()
    truncateSync(join(folder, 'workbench.sqlite'), 5000)
    const { base, rebuilt, replaced } = await restoreProject(folder)
    expect(base).toBe(listBackups(folder)[0].file)
    expect(rebuilt).toEqual([{ kind: 'run', id: 3, from: 'card' }])
    expect(existsSync(join(replaced!, 'workbench.sqlite'))).toBe(true)
    const again = openProject(folder)
    expect(again.store.runs.list().map(({ name }) => name)).toEqual(['first', 'second', 'third'])
    expect(again.store.videos.pages({}).next().value).toHaveLength(6)
    again.close()
  })

  it('passes over a damaged backup', async () => {
    const folder = filledProject(temporaryFolder())
    await backUp(folder, Date.parse('2026-11-01T00:00:00Z'))
    await backUp(folder, Date.parse('2026-11-03T00:00:00Z'))
    const [newest, older] = listBackups(folder)
    truncateSync(newest.file, 5000)
    loseDatabase(folder)
    expect((await restoreProject(folder)).base).toBe(older.file)
  })

  it('numbers on: folders stay unknown, and no number is used twice', async () => {
    const folder = filledProject(temporaryFolder())
    loseDatabase(folder)
    const { rebuilt } = await restoreProject(folder, { numberOn: true })
    expect(rebuilt).toEqual([])
    const project = openProject(folder)
    expect(project.store.runs.list()).toEqual([])
    project.store.datasets.ensure({ name: 'set', format: 'ucf101', folder: '/set' })
    expect(addRun(project, 'next')).toBe(3)
    project.close()
    expect(checkpointsOf(folder, 1)).toEqual(keptFiles)
  })

  it('keeps a database that is whole but older, and adds the runs it lacks', async () => {
    const folder = filledProject(temporaryFolder())
    const old = join(folder, 'old.sqlite')
    copyDatabase(folder, old)
    const project = openProject(folder)
    addRun(project, 'third')
    project.close()
    loseDatabase(folder)
    putBack(old, folder)
    const { base, rebuilt } = await restoreProject(folder)
    expect({ base, rebuilt }).toEqual({
      base: 'current',
      rebuilt: [{ kind: 'run', id: 3, from: 'card' }],
    })
    openProject(folder).close()
  })

  it('is refused where nothing is wrong, while it is open, and for a backup that is none', async () => {
    const folder = filledProject(temporaryFolder())
    await expect(restoreProject(folder)).rejects.toThrow('nothing to restore')
    await expect(restoreProject(folder, { backup: 'newest' })).rejects.toThrow('no backup')
    const project = openProject(folder)
    await expect(restoreProject(folder, { rebuild: true })).rejects.toThrow('is open in another')
    project.close()
    await expect(restoreProject(join(folder, 'none'))).rejects.toThrow('There is no folder')
  })
})
