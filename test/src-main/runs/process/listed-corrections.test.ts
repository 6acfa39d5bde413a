import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { ClipWindow, MaskBase, MaskState } from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { ListedCorrections } from '#main/runs/process/listed-corrections.ts'
import { writeVideoList } from '#main/runs/process/video-list.ts'
import type { Store } from '#main/store/store.ts'
import type { ListedVideo } from '#main/trainer/process/messages.ts'
import { readVideoList } from '#main/trainer/loader/video-list.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject } from '../training-project.ts'

const temporaryFolder = temporaryFolders()

// Videos of 64 frames; a clip of 8 frames at stride 2 spans 15.
const shape = { frames: 8, stride: 2 }
const window = (videoId: number, start = 0): ClipWindow => ({ videoId, start, ...shape })
const wholeVideo = (videoId: number): ClipWindow => ({ videoId, start: 0, frames: 64, stride: 1 })

/** A mask of 128 x 96 pixels whose first `count` are foreground. */
const base = (count: number): MaskBase => ({
  origin: { beta: 0.5, variant: 'fame', adaptive: false, compensate: false, size: 112 },
  width: 128,
  height: 96,
  fame: [0, count, 128 * 96 - count],
})

const decide = (store: Store, state: MaskState, at: ClipWindow, mask?: MaskBase): void => {
  const decided = [{ window: at, ...(mask && { base: mask }) }]
  store.masks.decide(decided, { state }, { author: 'Ada', label: state })
}

async function listed(store: Store, folder: string, keepAll = false) {
  const dataset = store.datasets.get(1)
  const corrections = new ListedCorrections({ store, dataset, shape, keepAll })
  const file = join(folder, 'videos.jsonl')
  const filter = { datasetId: 1, split: 'train' as const }
  const { videos: count } = await writeVideoList(file, {
    store,
    dataset,
    filter,
    corrections,
  })
  const { videos } = readVideoList({ file, root: '' })
  expect(videos).toHaveLength(count)
  return { videos, counts: corrections.counts }
}

const none = { corrected: 0, approved: 0, rejected: 0, betas: 0, leftOut: 0 }

it('a list without decisions is the list without corrections', async () => {
  const folder = temporaryFolder()
  const { store, close } = withStore(folder)
  const { videos, counts } = await listed(store, folder)
  expect(counts).toEqual(none)
  expect(videos.every((video) => !('windows' in video) && !('beta' in video))).toBe(true)
  close()
})

it('corrected and approved masks, set betas and rejections are listed with their videos', async () => {
  const folder = temporaryFolder()
  const { store, ids, close } = withStore(folder)
  const change = [0, 2, 128 * 96 - 2]
  const edit = { window: window(ids[0], 4), label: 'brush', change, revision: 0, base: base(5) }
  store.masks.edit(edit, 'Ada')
  decide(store, 'approved', window(ids[0], 20), base(7))
  decide(store, 'approved', window(ids[1]))
  decide(store, 'rejected', window(ids[1], 30))
  store.masks.decide([{ window: window(ids[2]) }], { beta: 0.2 }, { author: 'Ada', label: 'beta' })
  const { videos, counts } = await listed(store, folder)
  expect(counts).toEqual({ corrected: 1, approved: 1, rejected: 1, betas: 1, leftOut: 0 })
  const [first, second, third] = videos.map(({ windows }) => windows ?? [])
  expect(first).toMatchObject([
    { start: 4, ...shape, state: 'corrected', mask: { width: 128, height: 96 } },
    { start: 20, ...shape, state: 'approved', mask: { width: 128, height: 96 } },
  ])
  const runs = first.map(({ mask }) => unpackRuns(Buffer.from(mask!.runs, 'base64')))
  expect(runs).toEqual([
    [2, 3, 128 * 96 - 5],
    [0, 7, 128 * 96 - 7],
  ])
  // An approval without pixels leaves FAME's mask as it is.
  expect(second).toMatchObject([{ start: 30, state: 'rejected' }])
  expect(second[0].mask).toBeUndefined()
  expect(third).toMatchObject([{ start: 0, state: 'untouched', beta: 0.2 }])
  close()
})

it('a class has its beta in its own data set, and the one of the project leaves the run its own', async () => {
  const folder = temporaryFolder()
  const { store, close } = withStore(folder)
  store.maskBetas.set({ scope: 'project' }, 0.3)
  store.maskBetas.set({ scope: 'class', datasetId: 1, class: 'Spin' }, 0.15)
  store.maskBetas.set({ scope: 'class', datasetId: 2, class: 'Bounce' }, 0.9)
  const { videos, counts } = await listed(store, folder)
  const betaOf = ({ path, beta }: ListedVideo): [boolean, number | undefined] => [
    path.includes('Spin'),
    beta,
  ]
  expect(videos.map(betaOf)).toEqual([
    [false, undefined],
    [false, undefined],
    [true, 0.15],
    [true, 0.15],
  ])
  expect(counts).toEqual({ ...none, betas: 2 })
  close()
})

it('a video is left out where every clip of it is rejected', async () => {
  const folder = temporaryFolder()
  const { store, ids, close } = withStore(folder)
  decide(store, 'rejected', wholeVideo(ids[0]))
  decide(store, 'rejected', window(ids[1], 10))
  const { videos, counts } = await listed(store, folder)
  expect(videos).toHaveLength(3)
  expect(counts).toEqual({ ...none, rejected: 2, leftOut: 1 })
  // An evaluation tests every video.
  expect((await listed(store, folder, true)).videos).toHaveLength(4)
  close()
})

it('a run takes the corrections of its first start, says what is left out and keeps the use', async () => {
  const folder = temporaryFolder()
  const { project, store, ids, close } = withStore(folder)
  letTrainers({ steps: 2, masks: { fame: 3, corrected: 1, approved: 0, redrawn: 2 } })
  decide(store, 'rejected', wholeVideo(ids[0]))
  const queues = openQueues(project)
  const values = { ...shape, batch: 2, queue: 4 }
  const { id, totalSteps } = queues.runs.start({ preset: 'small-fame', values })
  const events = await collect(queues.runs.watch(id))
  expect(events).toContainEqual({
    type: 'warning',
    message: '1 video is left out: every clip of it is rejected in Masks.',
  })
  const run = store.runs.get(id)
  expect(run).toMatchObject({ status: 'done', totalSteps: totalSteps / 2 })
  expect(run.corrections).toEqual({ ...none, rejected: 1, leftOut: 1 })
  expect(run.maskUse).toEqual({ fame: 3, corrected: 1, approved: 0, redrawn: 2 })

  const without = queues.runs.start({
    preset: 'small-fame',
    values: { ...values, useCorrections: false },
  })
  await collect(queues.runs.watch(without.id))
  expect(store.runs.get(without.id)).toMatchObject({
    status: 'done',
    corrections: null,
    totalSteps,
  })
  await queues.close()
  close()
})

it('a run with too few videos left fails with what to do, and starts once there are more', async () => {
  const folder = temporaryFolder()
  const { project, store, ids, close } = withStore(folder)
  letTrainers({ steps: 2 })
  for (const id of ids.slice(0, 2)) decide(store, 'rejected', wholeVideo(id))
  const queues = openQueues(project)
  const { id } = queues.runs.start({
    preset: 'small-fame',
    values: { ...shape, batch: 4, queue: 4 },
  })
  await collect(queues.runs.watch(id))
  expect(store.runs.get(id)).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/Only 2 .* fewer than a batch of 4.*useCorrections/) as string,
  })
  for (const video of ids) decide(store, 'approved', wholeVideo(video))
  queues.runs.resume(id)
  await collect(queues.runs.watch(id))
  expect(store.runs.get(id)).toMatchObject({ status: 'done' })
  await queues.close()
  close()
})

function withStore(folder: string) {
  const project = trainingProject(folder)
  const { store } = project
  const ids = store.videos.query({ datasetId: 1, split: 'train' }).items.map(({ id }) => id)
  return { project, store, ids, close: () => (vi.unstubAllEnvs(), project.close()) }
}
