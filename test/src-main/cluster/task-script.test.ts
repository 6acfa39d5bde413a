import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Job } from '#main/cluster/job.ts'
import { jobObject } from '#main/cluster/kubernetes.ts'
import { slurmJob } from '#main/cluster/slurm.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { sampleJob } from './sample-job.ts'

const temporaryFolder = temporaryFolders()
const slurm = { cores: 2, memory: '1G', gpus: 0, time: null, partition: null, parallel: null }

/** The script that a container runs; it ends with 75 where it is to be started again. */
function scriptOf(job: Job): string {
  const options = { image: 'i', dataClaim: 'd', sharedClaim: 's', namespace: null }
  const made = jobObject(job, { ...options, cores: 1, memory: '1Gi', gpus: 0, parallel: null })
  const { spec } = made as { spec: { template: { spec: { containers: { command: string[] }[] } } } }
  return spec.template.spec.containers[0].command[2]
}

function start(job: Job, folder: string, environment: Record<string, string> = {}) {
  const child = spawn('bash', ['-c', scriptOf(job)], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: folder,
      FAME_CALLS: join(folder, 'calls'),
      JOB_COMPLETION_INDEX: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => output.push(String(text)))
  return { child, output, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

const calls = (folder: string): string[] =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0])

describe('a task', () => {
  it('trains its run, evaluates it, stores it and leaves nothing on the machine', async () => {
    const folder = temporaryFolder()
    const job = sampleJob(folder)
    const { ended, output } = start(job, folder)
    expect(await ended).toBe(0)
    expect(output.join('')).toContain('Task 1: "two" `date`')
    const place = join(job.shared, 'task-1')
    expect(readdirSync(place).sort()).toEqual(['done', 'done-knn', 'run', 'task'])
    expect(readFileSync(join(place, 'run', 'run'), 'utf8')).toContain(
      'evaluate --run 2 --protocol knn',
    )
    expect(readdirSync(folder).filter((name) => name.startsWith('fame-'))).toEqual([])
    const again = start(job, folder)
    expect(await again.ended).toBe(0)
    expect(again.output.join('')).toContain('Task 1 is done.')
  })

  it('stores its run when it is told to stop, and goes on from there', async () => {
    const folder = temporaryFolder()
    const job = sampleJob(folder)
    const long = { FAME_STEPS: '30' }
    const first = start(job, folder, long)
    while (!existsSync(join(folder, 'calls')) || !calls(folder).includes('pretrain'))
      await delay(50)
    await delay(300)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(75)
    const place = join(job.shared, 'task-1')
    const steps = Number(readFileSync(join(place, 'run', 'run'), 'utf8'))
    expect(steps).toBeGreaterThan(0)
    expect(steps).toBeLessThan(30)
    const second = start(job, folder, { FAME_STEPS: String(steps + 2) })
    expect(await second.ended).toBe(0)
    expect(readFileSync(join(place, 'run', 'run'), 'utf8')).toMatch(new RegExp(`^${steps + 2}\n`))
  })

  it('refuses the folder of a task of another job', async () => {
    const folder = temporaryFolder()
    const job = sampleJob(folder)
    const more = { FAME_STEPS: '1' }
    expect(await start(job, folder, more).ended).toBe(0)
    const [first, second] = job.tasks
    const other: [string, Partial<Job>][] = [
      ['settings', { tasks: [first, { ...second, source: { settings: 'lr: 0.3\n' } }] }],
      ['evaluations', { tasks: [first, { ...second, protocols: ['knn', 'linear'] }] }],
      ['videos', { data: '/data/another' }],
    ]
    for (const [what, changes] of other) {
      const { ended, output } = start({ ...job, ...changes }, folder, more)
      expect(await ended, what).toBe(2)
      expect(output.join(''), what).toContain('holds a task of another job')
    }
    const renamed = { ...job, tasks: [first, { ...second, label: 'new' }] }
    expect(await start(renamed, folder, more).ended).toBe(0)
  })

  it('does not begin its training when it is told to stop before', async () => {
    const folder = temporaryFolder()
    const task = start(sampleJob(folder), folder, { FAME_INDEXING: '0.5' })
    while (!existsSync(join(folder, 'calls'))) await delay(20)
    task.child.kill('SIGTERM')
    expect(await task.ended).toBe(75)
    expect(calls(folder)).not.toContain('pretrain')
  })

  it('starts again when its training is stopped before it has a run', async () => {
    const folder = temporaryFolder()
    const task = start(sampleJob(folder), folder, { FAME_EARLY: 'sleep 2' })
    while (!existsSync(join(folder, 'calls')) || !calls(folder).includes('pretrain'))
      await delay(20)
    task.child.kill('SIGTERM')
    expect(await task.ended).toBe(75)
    expect(existsSync(join(folder, 'shared', 'task-1', 'run'))).toBe(false)
  })

  it('stores its run every so often while it trains', async () => {
    const folder = temporaryFolder()
    const job = sampleJob(folder, { saveEvery: 0.005 })
    expect(await start(job, folder, { FAME_STEPS: '12' }).ended).toBe(0)
    expect(calls(folder).filter((call) => call === 'pretrain').length).toBeGreaterThan(1)
  })

  it('trains in several processes where the job says so', async () => {
    const folder = temporaryFolder()
    expect(await start(sampleJob(folder, { workers: 4 }), folder).ended).toBe(0)
    const pretrain = readFileSync(join(folder, 'calls-pretrain'), 'utf8')
    expect(pretrain).toMatch(/^pretrain --config .* --workers 4 --restarts 3 --project /)
  })

  it('takes the run of before when it was ended between two', async () => {
    const folder = temporaryFolder()
    const job = sampleJob(folder)
    const place = join(job.shared, 'task-1')
    mkdirSync(join(place, 'run'), { recursive: true })
    writeFileSync(join(place, 'run', 'run'), '4\n')
    writeFileSync(join(place, 'run', 'run.status'), 'stopped\n')
    renameSync(join(place, 'run'), join(place, 'run.old'))
    expect(await start(job, folder).ended).toBe(0)
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toMatch(/^runs import$/m)
    expect(readFileSync(join(place, 'run', 'run'), 'utf8')).toMatch(/^5\n/)
  })

  it('fails where its training fails', async () => {
    const folder = temporaryFolder()
    const { ended, output } = start(sampleJob(folder), folder, { FAME_END: 'failed' })
    expect(await ended).toBe(1)
    expect(output.join('')).toContain('The training ended with exit code 0.')
  })

  it('evaluates a run that was exported before, without training', async () => {
    const folder = temporaryFolder()
    const given = join(folder, 'given')
    mkdirSync(given)
    writeFileSync(join(given, 'run'), '9\n')
    writeFileSync(join(given, 'run.status'), 'done\n')
    const task = { label: 'given', source: { folder: given }, protocols: ['linear'] }
    const job = sampleJob(folder, { tasks: [task] })
    expect(await start(job, folder, { JOB_COMPLETION_INDEX: '0' }).ended).toBe(0)
    expect(calls(folder)).not.toContain('pretrain')
    expect(existsSync(join(job.shared, 'task-0', 'done-linear'))).toBe(true)
  })
})

describe('a job file', () => {
  const files = () => {
    const job = sampleJob(temporaryFolder())
    return [slurmJob(job, slurm), scriptOf(job)]
  }

  it('is Bash', () => {
    for (const text of files()) {
      expect(spawnSync('bash', ['-n'], { input: text }).stderr.toString()).toBe('')
    }
  })

  const checker = spawnSync('shellcheck', ['--version']).status === 0
  it.skipIf(!checker)('passes shellcheck, where it is installed', () => {
    for (const text of files()) {
      // Names of runs may look like variables: they are in single quotes for that reason.
      const { stdout } = spawnSync('shellcheck', ['-s', 'bash', '-e', 'SC2016', '-'], {
        input: text,
      })
      expect(stdout.toString()).toBe('')
    }
  })

  it('has an array of its tasks, and asks Slurm for what was asked for', () => {
    const job = sampleJob(temporaryFolder())
    const more = { ...slurm, gpus: 1, time: '1-00:00:00', partition: 'gpu', parallel: 4 }
    const text = slurmJob(job, more)
    for (const line of [
      '--array=0-1%4',
      '--requeue',
      '--gpus=1',
      '--time=1-00:00:00',
      '--partition=gpu',
    ]) {
      expect(text).toContain(`#SBATCH ${line}\n`)
    }
    const [one] = job.tasks
    expect(slurmJob({ ...job, tasks: [one] }, slurm)).not.toContain('--array')
  })
})
