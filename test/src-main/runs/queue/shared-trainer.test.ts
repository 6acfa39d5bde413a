import { afterEach, expect, it, vi } from 'vitest'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { TrainerTurns } from '#main/runs/queue/trainer-turns.ts'
import { openWorkbench } from '#main/workbench.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, fakeTrainer, letTrainers, trainingProject, until } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const request = { preset: 'small-moco', values: { batch: 2, queue: 4, epochs: 3 } } as const

/** Two projects of one host. */
async function openTwo() {
  const turns = new TrainerTurns()
  const open = async () => {
    const project = trainingProject(temporaryFolder())
    project.close()
    return openWorkbench({ project: project.folder, host: 'web', trainerEntry: fakeTrainer, turns })
  }
  return [await open(), await open()] as const
}

it('trains the runs of two projects one after the other', async () => {
  const [ada, bea] = await openTwo()
  letTrainers({ steps: 6, pause: 50 })
  const first = ada.runs.start(request)
  await until(ada.runs.watch(first.id), (event) => event.type === 'metrics')
  const second = bea.runs.start(request)
  const third = ada.runs.start(request)
  // What runs, by project, at each change of either.
  const seen: string[] = []
  const note = (): void => {
    const names = { ada, bea }
    const running = Object.entries(names).flatMap(([name, { project }]) =>
      project.store.runs.withStatus('running').map(({ id }) => `${name} ${id}`),
    )
    if (running.join() !== '' && running.join() !== seen.at(-1)) seen.push(running.join())
  }
  const follow = async (of: typeof ada, id: number): Promise<void> => {
    for await (const event of of.runs.watch(id)) if (event.type) note()
  }
  await Promise.all([follow(ada, first.id), follow(bea, second.id), follow(ada, third.id)])
  expect(seen).toEqual(['ada 1', 'bea 1', 'ada 2'])
  expect((await collect(bea.runs.watch(second.id))).at(-1)).toMatchObject({
    run: { status: 'done' },
  })
  await Promise.all([ada.close(), bea.close()])
})

it('closes while one project trains and another waits', async () => {
  const [ada, bea] = await openTwo()
  letTrainers({ steps: 1000, pause: 50 })
  const first = ada.runs.start(request)
  await until(ada.runs.watch(first.id), (event) => event.type === 'metrics')
  bea.runs.start(request)
  await bea.close()
  await ada.close()
})

it('tells a trial that another project has the trainer', async () => {
  const turns = new TrainerTurns()
  const [ada, bea] = [trainingProject(temporaryFolder()), trainingProject(temporaryFolder())]
  const [own, other] = [ada, bea].map(
    (project) => new TrainerQueues(project, { trainerEntry: fakeTrainer }, turns),
  )
  letTrainers({ steps: 1000, pause: 50 })
  const run = other.runs.start(request)
  await until(other.runs.watch(run.id), (event) => event.type === 'metrics')
  expect(own.trials.busy).toBe('The trainer is busy with another project.')
  await other.close()
  expect(own.trials.busy).toBeNull()
  for (const project of [ada, bea]) project.close()
})
