import { afterEach, expect, it, vi } from 'vitest'
import { MinedPositivesService } from '#main/pairs/mined-positives.ts'
import type { Outcome, TrainerNews } from '#main/runs/process/trainer-process.ts'
import { letTrainers, openQueues, trainingProject, until } from '../runs/training-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

it('ends the trainer where somebody leaves before the positives are found', async () => {
  const project = trainingProject(temporaryFolder())
  const queues = openQueues(project)
  letTrainers({ steps: 1 })
  const { id } = queues.runs.start({ name: 'mines', values: { batch: 2, queue: 4 } })
  await until(queues.runs.watch(id), ({ type }) => type === 'metrics')
  let isEnded = false
  async function* run(): AsyncGenerator<TrainerNews, Outcome, undefined> {
    const state = { phase: 'Mining', unit: 'clips', total: 9, rate: 1, secondsLeft: null }
    try {
      for (let done = 0; done < state.total; done++) {
        await Promise.resolve()
        yield { type: 'progress', progress: { ...state, done } }
      }
      return { type: 'done' }
    } finally {
      isEnded = true
    }
  }
  const service = new MinedPositivesService(project, { run })
  const events = service.find({ runId: id, batch: 0, slot: 0 })
  expect(await events.next()).toMatchObject({ value: { progress: { done: 0 } }, done: false })
  expect(isEnded).toBe(false)
  await events.return()
  expect(isEnded).toBe(true)
  await queues.close()
  project.close()
})
