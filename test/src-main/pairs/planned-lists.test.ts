import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PlannedLists } from '#main/pairs/planned-lists.ts'
import { plannedRun } from '#main/runs/queue/planned-run.ts'
import type { Project } from '#main/store/project.ts'
import type { ListedVideo, VideoList } from '#main/trainer/process/messages.ts'
import { video } from '../runs/sample-rows.ts'
import { trainingProject } from '../runs/training-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
let project: Project
let lists: PlannedLists
beforeEach(() => {
  project = trainingProject(temporaryFolder())
  lists = new PlannedLists(project)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await lists.close()
  project.close()
})

const folders = (): string[] => readdirSync(project.cacheFolder)

function use<T>(work: (list: VideoList) => T | Promise<T>, frames = 16): Promise<T> {
  const run = plannedRun(project, { values: { frames, batch: 2, queue: 4, useCorrections: true } })
  return lists.use(run, async (list) => work(list))
}
const fileOf = (frames?: number): Promise<string> => use(({ file }) => file, frames)
const videosOf = (): Promise<ListedVideo[]> =>
  use(({ file }) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ListedVideo),
  )

describe('the list of what a form would start', () => {
  it('is written once for the same settings, and replaced by one for others', async () => {
    const file = await fileOf()
    expect(await fileOf()).toBe(file)
    const other = await fileOf(8)
    expect(other).not.toBe(file)
    await expect.poll(folders).toHaveLength(1)
    expect(existsSync(other)).toBe(true)
  })

  it('is written again after a change of the index or a decision about masks', async () => {
    expect(await videosOf()).toHaveLength(4)
    const [{ id }] = project.store.datasets.list()
    project.store.videos.write(id, [video(7, 'train')])
    expect(await videosOf()).toHaveLength(5)
    project.store.maskBetas.set({ scope: 'class', datasetId: id, class: 'Spin' }, 0.3)
    expect((await videosOf()).filter(({ beta }) => beta === 0.3)).toHaveLength(3)
    const window = { videoId: 1, start: 0, frames: 16, stride: 1 }
    project.store.masks.decide([{ window }], { state: 'rejected' }, { author: 'Ada', label: 'no' })
    expect((await videosOf()).flatMap(({ windows = [] }) => windows)).toMatchObject([
      { start: 0, state: 'rejected' },
    ])
    await expect.poll(folders).toHaveLength(1)
  })

  it('is tried again after it could not be written, and leaves no folder', async () => {
    vi.spyOn(project.store.videos, 'pages').mockImplementationOnce(() => {
      throw new Error('no room')
    })
    await expect(videosOf()).rejects.toThrow('cannot be written (no room)')
    await expect.poll(folders).toEqual([])
    rmSync(project.cacheFolder, { recursive: true })
    writeFileSync(project.cacheFolder, '')
    await expect(videosOf()).rejects.toThrow(project.cacheFolder)
    rmSync(project.cacheFolder)
    mkdirSync(project.cacheFolder)
    expect(await videosOf()).toHaveLength(4)
  })

  it('leaves one folder of calls with several settings at once', async () => {
    const files = await Promise.all([8, 10, 12, 10].map((frames) => fileOf(frames)))
    expect(new Set(files).size).toBe(4)
    await expect.poll(folders).toHaveLength(1)
    expect(existsSync(files[3])).toBe(true)
  })

  it('stays while a job reads it, also when another one takes its place or all end', async () => {
    const [first, last] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()]
    const started = Promise.withResolvers<string>()
    const reads = use(async ({ file }) => {
      started.resolve(file)
      await first.promise
      return existsSync(file)
    })
    const file = await started.promise
    const readsOther = use(async (list) => {
      await last.promise
      return existsSync(list.file)
    }, 8)
    await fileOf(8)
    expect(existsSync(file)).toBe(true)
    first.resolve(null)
    expect(await reads).toBe(true)
    await expect.poll(() => existsSync(file)).toBe(false)
    let isClosed = false
    const closing = lists.close().then(() => (isClosed = true))
    await Promise.resolve()
    expect(isClosed).toBe(false)
    last.resolve(null)
    expect(await readsOther).toBe(true)
    await closing
    expect(folders()).toEqual([])
  })
})
