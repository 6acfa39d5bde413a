import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from '#main/cluster/job.ts'

export const countingFame = join(import.meta.dirname, 'counting-fame.sh')

/** A job of two runs whose names a shell could misread; the folder holds all that it writes. */
export function sampleJob(folder: string, changes: Partial<Job> = {}): Job {
  mkdirSync(join(folder, 'shared'), { recursive: true })
  const task = (label: string) => ({ label, source: { settings: `lr: 0.1\n` }, protocols: ['knn'] })
  return {
    name: 'fame-sample',
    tasks: [task("it's $HOME"), task('"two" `date`')],
    data: '/data/set one',
    shared: join(folder, 'shared'),
    fame: countingFame,
    saveEvery: 30,
    workers: 1,
    ...changes,
  }
}
