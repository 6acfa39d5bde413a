import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Run } from '#shared/contract/runs.ts'
import { exportRunFolder } from '#main/runs/folder/export-folder.ts'
import { dropCutOff } from '#main/runs/folder/import-folder.ts'
import { RunFolders } from '#main/runs/folder/run-folders.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { openProject, type Project } from '#main/store/project.ts'
import { readEvents } from '../../tensorboard/read-events.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject, until } from '../training-project.ts'
import { video } from '../sample-rows.ts'

const temporaryFolder = temporaryFolders()

const values = { batch: 2, queue: 4, epochs: 3 }

let project: Project
let run: Run
let folder: string
const home = mkdtempSync(join(tmpdir(), 'fame-run-folder-'))

/** A run that was stopped after some steps and evaluated, and its folder. */
beforeAll(async () => {
  project = trainingProject(home)
  project.store.videos.write(1, [{ ...video(0, 'train'), hash: 'content of 0' }])
  const queues = openQueues(project)
  letTrainers({ steps: 100_000, points: 3 })
  const { id } = queues.runs.start({ name: 'Waves / β', values })
  await until(
    queues.runs.watch(id),
    (event) => event.type === 'metrics' && event.points.some(({ step }) => step >= 4),
  )
  queues.runs.stop(id)
  await collect(queues.runs.watch(id))
  letTrainers({})
  const evaluation = queues.evaluations.start({ runId: id, protocol: 'linear' })
  await collect(queues.evaluations.watch(evaluation.id))
  mkdirSync(project.evaluationFolder(evaluation.id), { recursive: true })
  writeAnswers(project, evaluation.id)
  folder = join(home, 'exported')
  await collect(exportRunFolder(project, id, folder))
  run = project.store.runs.get(id)
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => {
  project.close()
  rmSync(home, { recursive: true })
})

async function imported(project: Project, folder: string): Promise<Run> {
  const last = (await collect(new RunFolders(project).import(folder))).at(-1)
  if (last?.type !== 'done') throw new Error('It was not imported')
  return last.run
}

function pointsOf(project: Project, id: number) {
  return project.store.runMetrics.after(id, 0, 1_000_000).points
}

describe('a run that goes to an empty project', () => {
  it('has the same curves, evaluations and files there', async () => {
    const there = openProject(join(temporaryFolder(), 'there'))
    // Numbers differ there.
    const dataset = there.store.datasets.ensure({ name: 'x', format: 'folder', folder: '/x' })
    there.store.runs.add({ name: 'x', config: run.config, datasetId: dataset, totalSteps: 1 })
    const taken = await imported(there, folder)

    expect(taken).toEqual({
      ...run,
      id: 2,
      datasetId: expect.any(Number),
      place: expect.any(Number),
      imported: {
        at: expect.any(String),
        project: 'project',
        run: run.id,
        uid: expect.any(String),
        missing: { name: 'set', videos: 4 },
        whole: true,
      },
    })
    expect(there.store.runs.get(2)).toEqual(taken)
    expect(pointsOf(there, 2)).toEqual(pointsOf(project, run.id))
    const [before, after] = [project, there].map(({ store }) => store.evaluations.list()[0])
    expect(after).toEqual({ ...before, runId: 2, datasetId: taken.datasetId })
    expect(there.store.evaluations.detail(after.id)).toEqual(
      project.store.evaluations.detail(before.id),
    )
    for (const name of ['checkpoint.txt', 'videos.jsonl']) {
      execFileSync('cmp', [join(project.runFolder(run.id), name), join(there.runFolder(2), name)])
    }
    expect(readdirSync(there.evaluationFolder(after.id))).toContain('clip.png')
    expect(existsSync(there.logFile('run', 2))).toBe(true)
    expect(existsSync(there.logFile('evaluation', after.id))).toBe(true)
    there.close()
  })

  it('goes on there once its videos are', async () => {
    const there = openProject(join(temporaryFolder(), 'there'))
    const { id, step } = await imported(there, folder)
    const { runs } = openQueues(there)
    const folders = new RunFolders(there)
    expect(() => runs.resume(id)).toThrow(
      'was trained on 4 videos of set, and no data set of this project',
    )
    await expect(folders.settle(id)).rejects.toThrow('Index that data set here')

    const own = there.store.datasets.ensure({ name: 'mine', format: 'ucf101', folder: '/mine' })
    const rows = [0, 1, 2].map((i) => video(i, 'train'))
    const otherContent = { ...video(0, 'train'), hash: 'other content' }
    there.store.videos.write(own, [...rows, { ...video(3, 'train'), frames: 7 }])
    await expect(folders.settle(id)).rejects.toThrow('Index that data set here')
    there.store.videos.write(own, [video(3, 'train'), video(9, 'test'), otherContent])
    await expect(folders.settle(id)).rejects.toThrow('Index that data set here')
    there.store.videos.write(own, [{ ...video(0, 'train'), hash: 'content of 0' }])
    await folders.settle(id)
    expect(there.store.runs.get(id)).toMatchObject({ datasetId: own, imported: { missing: null } })
    expect(there.store.evaluations.list()).toMatchObject([{ runId: id, datasetId: own }])
    expect(there.store.datasets.list().map(({ name }) => name)).toEqual(['mine'])

    letTrainers({ steps: step + 5 })
    runs.resume(id)
    const events = await collect(runs.watch(id))
    expect(events).toContainEqual({ type: 'warning', message: `resumed after step ${step}` })
    expect(there.store.runs.get(id)).toMatchObject({ status: 'done', step: step + 5 })
    there.close()
  })

  it('is tied to a data set that has all its videos already', async () => {
    const there = trainingProject(temporaryFolder())
    const run = await imported(there, folder)
    expect(run).toMatchObject({ datasetId: 1, imported: { missing: null } })
    there.close()
  })
})

describe('what an evaluation says of single videos', () => {
  it('is of the same videos there, once they are', async () => {
    const there = openProject(join(temporaryFolder(), 'there'))
    const other = there.store.datasets.ensure({ name: 'other', format: 'folder', folder: '/other' })
    there.store.videos.write(other, [video(90, null), video(91, null)])
    const { id } = await imported(there, folder)
    const [{ id: evaluation }] = there.store.evaluations.list()
    expect(namedIn(there, evaluation)).toEqual([null, null, null, null])

    const again = join(temporaryFolder(), 'again')
    await collect(exportRunFolder(there, id, again))
    const paths = ['evaluations/1/predictions.jsonl', 'evaluations/1/background.json']
    for (const path of [...paths, 'evaluation-videos/1.json']) {
      expect(readFileSync(join(again, path.replace('1', String(evaluation))), 'utf8')).toBe(
        readFileSync(join(folder, path), 'utf8'),
      )
    }
    const own = there.store.datasets.ensure({ name: 'mine', format: 'ucf101', folder: '/mine' })
    const rows = [0, 1, 2, 3].map((i) => video(i, 'train'))
    there.store.videos.write(own, [...rows, video(4, 'test'), video(5, 'test')])
    await new RunFolders(there).settle(id)
    expect(namedIn(there, evaluation)).toEqual(namedIn(project, 1))
    expect(namedIn(project, 1)[0]).toBe('Bounce/v_Bounce_4.avi')
    expect(readdirSync(there.evaluationFolder(evaluation))).not.toContain('imported')
    there.close()
  })

  function namedIn({ store, ...rest }: Project, id: number): (string | null)[] {
    const evaluationFolder = join(rest.folder, 'evaluations', String(id))
    const read = (name: string): string => readFileSync(join(evaluationFolder, name), 'utf8')
    const { video: first, near } = JSON.parse(read('predictions.jsonl')) as PredictionLine
    const { examples, points } = JSON.parse(read('background.json')) as Named
    const ids = [first, near![0][0], examples[0].videoId, points.videoId[1]]
    return ids.map((one) => store.videos.these([one])[0]?.path ?? null)
  }
})

interface Named {
  examples: { videoId: number; label: number }[]
  points: { videoId: number[] }
}

/** Leaves in an evaluation's folder what protocols leave there. */
function writeAnswers(of: Project, evaluation: number): void {
  const idOf = (i: number): number => {
    const { path } = video(i, null)
    return of.store.videos.idOf(1, path)!
  }
  const line: PredictionLine = {
    video: idOf(4),
    truth: 0,
    top: [[0, 0.1 + 0.2]],
    near: [[idOf(2), 0, 0.75]],
  }
  const named = { examples: [{ videoId: idOf(5), label: 1 }] }
  const points = { videoId: [idOf(0), idOf(1)] }
  const at = of.evaluationFolder(evaluation)
  writeFileSync(join(at, 'predictions.jsonl'), `${JSON.stringify(line)}\n`)
  writeFileSync(join(at, 'background.json'), JSON.stringify({ ...named, points }))
  writeFileSync(join(at, 'clip.png'), 'PNG')
}

describe('the folder', () => {
  it('holds what other programs read', async () => {
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder })
    const [events] = readdirSync(join(folder, 'files/tensorboard'))
    const read = readEvents(join(folder, 'files/tensorboard', events)).slice(2)
    const losses = pointsOf(project, run.id).filter(({ name }) => name === 'loss')
    expect(read.map(({ step, values }) => [step, values['loss/loss']])).toEqual(
      losses.map(({ step, value }) => [step, Math.fround(value)]),
    )
  })

  it.each([
    ['a changed file', 'files/videos.jsonl', (file: string) => appendFileSync(file, ' ')],
    ['a cut-off file', 'run.sqlite', (file: string) => truncateSync(file, 4096)],
    ['a missing file', 'files/checkpoint.txt', (file: string) => rmSync(file)],
    ['a file more', 'files/strange', (file: string) => writeFileSync(file, '')],
    ['a card cut off', 'run.json', (file: string) => truncateSync(file, 40)],
    ['cut-off checksums', 'SHA256SUMS', (file: string) => truncateSync(file, 100)],
    ['no checksums', 'SHA256SUMS', (file: string) => rmSync(file)],
  ])('is refused with %s', async (_what, name, harm) => {
    const copy = join(temporaryFolder(), 'copy')
    cpSync(folder, copy, { recursive: true })
    harm(join(copy, name))
    const there = openProject(join(temporaryFolder(), 'there'))
    await expect(imported(there, copy)).rejects.toThrow(join(copy, name))
    expect(there.store.runs.list()).toEqual([])
    expect(there.store.datasets.list()).toEqual([])
    const runs = join(there.folder, 'runs')
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([])
    there.close()
  })

  it('leaves nothing behind where the disk refuses', async () => {
    const there = openProject(join(temporaryFolder(), 'there'))
    writeFileSync(join(there.folder, 'runs'), 'in the way')
    await expect(imported(there, folder)).rejects.toThrow(`${there.folder} cannot be written`)
    expect(there.store.runs.list()).toEqual([])
    there.close()
  })

  it('is written for one at a time', async () => {
    const folders = new RunFolders(project)
    const first = folders.export(run.id)[Symbol.asyncIterator]()
    await first.next()
    await expect(collect(folders.export(run.id))).rejects.toThrow('A run is being exported')
    await first.return?.()
    const last = (await collect(folders.export(run.id))).at(-1)
    expect(last).toMatchObject({ type: 'done', files: expect.any(Number) })
  })

  it('is refused where the run is already, also after it came back', async () => {
    await expect(imported(project, folder)).rejects.toThrow(
      `already has this run, as run ${run.id}`,
    )
    const there = openProject(join(temporaryFolder(), 'there'))
    const { id } = await imported(there, folder)
    await expect(imported(there, folder)).rejects.toThrow(`already has this run, as run ${id}`)
    const back = join(temporaryFolder(), 'back')
    await collect(exportRunFolder(there, id, back))
    await expect(imported(project, back)).rejects.toThrow(`already has this run, as run ${run.id}`)
    there.close()
  })

  it('is not made of a run that has not started, nor over another folder', async () => {
    const again = collect(exportRunFolder(project, run.id, folder))
    await expect(again).rejects.toThrow(`${folder} already exists`)
    const fresh = project.store.runs.add({ ...run, status: 'queued', name: 'fresh' })
    const early = collect(exportRunFolder(project, fresh.id, `${folder}-2`))
    await expect(early).rejects.toThrow('has not started')
  })
})

it('an import that was cut off is gone at the next start', async () => {
  const there = openProject(join(temporaryFolder(), 'there'))
  const { id } = await imported(there, folder)
  const { imported: origin } = there.store.runs.get(id)
  there.store.runs.change(id, { imported: origin && { ...origin, whole: false } })
  cpSync(folder, join(there.folder, 'runs/import-1.part'), { recursive: true })
  await dropCutOff(there)
  expect(there.store.runs.list()).toEqual([])
  expect(there.store.datasets.list()).toEqual([])
  expect(readdirSync(join(there.folder, 'runs'))).toEqual([])
  there.close()
})
