/**
 * Fills the disk that holds argv[2] and says, as JSON, what storing something then answers, and
 * whether it goes on when there is room again.
 */
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { storageError } from '#main/store/storage-error.ts'
import { trainingProject } from '../runs/training-project.ts'

const [, , folder, trainerEntry] = process.argv
const project = trainingProject(folder)
const { runs, evaluations } = new TrainerQueues(project, { trainerEntry })
const { store } = project
const values = { batch: 2, queue: 4 }
const config = completeConfig(values)
const old = { name: 'old', config, datasetId: 1, totalSteps: 4, status: 'stopped' } as const
const { id } = store.runs.add(old)

const actions = {
  run: () => runs.start({ values }).id,
  evaluation: () => evaluations.start({ runId: null, protocol: 'linear' }).id,
  startOver: () => runs.startOver(id).id,
  index: () => store.datasets.ensure({ name: 'b', format: 'ucf101', folder: '/b' }),
  tag: () => store.tags.ensure(['new']),
  edit: () => store.tags.begin('label'),
}

function tryAll(): Record<string, string> {
  const answers = Object.entries(actions).map(([name, act]) => {
    try {
      return [name, `gave ${JSON.stringify(act())}`]
    } catch (error) {
      return [name, storageError(error)?.message ?? String(error)]
    }
  })
  return Object.fromEntries(answers) as Record<string, string>
}

/** A log without pages: what is written next needs room. */
function emptyLog(): void {
  const db = new Database(join(project.folder, 'workbench.sqlite'))
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

function fill(file: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size))
    } catch {
      // No room for so many bytes any more.
    }
  }
}

const counts = () => [
  store.runs.list().length,
  store.evaluations.list().length,
  store.datasets.list().length,
]
const before = counts()
emptyLog()
const filler = join(folder, 'filler')
fill(filler)
const full = tryAll()
const during = counts()
rmSync(filler)
const roomy = tryAll()
process.stdout.write(JSON.stringify({ full, before, during, roomy, after: counts() }))
process.exit(0)
