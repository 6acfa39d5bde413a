import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { video } from '../sample-rows.ts'
import { collect, letTrainers, openQueues, trainingProject } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
const shape = { frames: 8, stride: 2 }

/** A run that has ended, of videos with one mask, where the video with it is shown turned or not. */
async function runWithMask(rotation: number) {
  const folder = temporaryFolder()
  const project = trainingProject(folder)
  const { store } = project
  store.videos.write(1, [{ ...video(0, 'train'), rotation, mirrored: false }])
  const { id: videoId } = store.maskTransfer.videosAt(video(0, 'train').path)[0]
  const origin = {
    beta: 0.5,
    variant: 'fame',
    adaptive: false,
    compensate: false,
    size: 112,
  } as const
  const base = { origin, width: 128, height: 96, fame: [0, 7, 128 * 96 - 7] }
  const decided = [{ window: { videoId, start: 0, ...shape }, base }]
  store.masks.decide(decided, { state: 'approved' }, { author: 'Ada', label: 'approve' })
  letTrainers({ steps: 2 })
  const queues = openQueues(project)
  const { id } = queues.runs.start({
    preset: 'small-fame',
    values: { ...shape, batch: 2, queue: 4 },
  })
  await collect(queues.runs.watch(id))
  return { project, queues, id, list: join(project.runFolder(id), 'videos.jsonl') }
}

it('a run whose list of 0.1.0 has masks of a video that is shown turned does not go on', async () => {
  const { project, queues, id, list } = await runWithMask(180)
  const text = readFileSync(list, 'utf8')
  expect(text).toContain(',"shown":true')
  const resumed = async () => {
    project.store.runs.change(id, { status: 'stopped' })
    queues.runs.resume(id)
    await collect(queues.runs.watch(id))
    return project.store.runs.get(id)
  }
  expect(await resumed()).toMatchObject({ status: 'done', error: null })
  writeFileSync(list, text.replaceAll(',"shown":true', ''))
  const { status, error } = await resumed()
  expect(status).toBe('failed')
  expect(error).toContain(`has a mask of ${video(0, 'train').path} in the stored orientation`)
  project.close()
})

it('lists of videos that are stored upright are what they were before', async () => {
  const { project, list } = await runWithMask(0)
  const [line] = readFileSync(list, 'utf8').split('\n')
  expect(JSON.parse(line).windows[0].mask).toEqual({
    width: 128,
    height: 96,
    runs: expect.any(String),
  })
  project.close()
})
