import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import type { RunEvent } from '#shared/contract/runs.ts'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { openProject, type Project } from '#main/store/project.ts'
import type { FakeBehaviour } from './fake-trainer.ts'
import { video } from './sample-rows.ts'

export const fakeTrainer = fileURLToPath(new URL('fake-trainer.ts', import.meta.url))

/** Says what trainers started from now on do. */
export function letTrainers(behaviour: FakeBehaviour): void {
  vi.stubEnv('FAKE_TRAINER', JSON.stringify(behaviour))
}

export function openQueues(project: Project, stopGrace?: number): TrainerQueues {
  return new TrainerQueues(project, { trainerEntry: fakeTrainer, stopGrace })
}

/** A project whose one data set has two classes and this many whole videos a split. */
export function trainingProject(folder: string, train = 4, test = 2): Project {
  const project = openProject(join(folder, 'project'))
  const { datasets, videos } = project.store
  const datasetId = datasets.ensure({ name: 'set', format: 'ucf101', folder: join(folder, 'set') })
  const rows = [
    ...Array.from({ length: train }, (_, i) => video(i, 'train')),
    ...Array.from({ length: test }, (_, i) => video(train + i, 'test')),
  ]
  videos.write(datasetId, rows)
  return project
}

/** All events until the stream ends. */
export async function collect<Event>(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = []
  for await (const event of stream) events.push(event)
  return events
}

/** Waits for the first event that fits, then leaves the stream. */
export async function until<Event>(
  stream: AsyncIterable<Event>,
  fits: (event: Event) => boolean,
): Promise<Event> {
  for await (const event of stream) if (fits(event)) return event
  throw new Error('The stream ended before such an event came')
}

export function stepsOf(events: readonly RunEvent[]): number[] {
  return events.flatMap((event) =>
    event.type === 'metrics' ? event.points.map((point) => point.step) : [],
  )
}
