/**
 * A host that a test can kill: opens the project in argv[2] with the trainer in argv[3], starts a
 * run and prints a line for each message of metrics.
 */
import { writeSync } from 'node:fs'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { openProject } from '#main/store/project.ts'

const [, , folder, trainerEntry] = process.argv
const { runs } = new TrainerQueues(openProject(folder), { trainerEntry })
const run = runs.start({ values: { batch: 2, queue: 4, epochs: 3 } })
runs.start({ name: 'waiting', values: { batch: 2, queue: 4, epochs: 3 } })
for await (const event of runs.watch(run.id)) {
  if (event.type === 'metrics') writeSync(1, `${event.points.at(-1)?.step}\n`)
}
