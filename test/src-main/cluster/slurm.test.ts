import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { slurmJob } from '#main/cluster/slurm.ts'
import { sampleJob } from './sample-job.ts'
import { SingleNodeSlurm, whyNoSlurm } from './single-node-slurm.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const reason = whyNoSlurm()

describe.skipIf(reason !== null)(`jobs on a Slurm of one node (skipped: ${reason})`, () => {
  // Paths of Slurm's sockets are short.
  const folder = mkdtempSync(join(tmpdir(), 'fame-slurm-'))
  const slurm = new SingleNodeSlurm(folder)
  beforeAll(() => slurm.start())
  afterAll(async () => {
    await slurm.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const options = { cores: 1, memory: '100M', gpus: 0, time: null, partition: null, parallel: null }

  /** Submits a job; its number. */
  function submit(name: string, steps: number) {
    const place = mkdtempSync(join(folder, 'job-'))
    const job = sampleJob(place, { name })
    const file = join(place, 'job.sh')
    writeFileSync(file, slurmJob(job, options))
    slurm.environment.FAME_CALLS = join(place, 'calls')
    slurm.environment.FAME_STEPS = String(steps)
    const id = /\d+/.exec(slurm.run('sbatch', file))![0]
    const task = (n: number, file: string): string => join(job.shared, `task-${n}`, file)
    return { id, task, calls: () => readFileSync(join(place, 'calls'), 'utf8') }
  }

  it('does every task of an array', async () => {
    const { task } = submit('fame-array', 3)
    await slurm.until(() => [0, 1].every((n) => existsSync(task(n, 'done'))))
    for (const n of [0, 1]) {
      expect(readFileSync(task(n, 'run/run'), 'utf8')).toContain(`evaluate --run ${n + 1}`)
    }
  })

  it('stores a run whose time ends, is queued again, and goes on from there', async () => {
    const { id, task, calls } = submit('fame-again', 600)
    const begun = (): boolean => {
      try {
        return calls().match(/^pretrain/gm)?.length === 2
      } catch {
        return false
      }
    }
    await slurm.until(begun)
    // What Slurm sends some minutes before the end of a job's time.
    slurm.run('scancel', '--batch', '--signal=USR1', id)
    await slurm.until(() => [0, 1].every((n) => existsSync(task(n, 'run/run'))))
    const steps = Number(readFileSync(task(0, 'run/run'), 'utf8'))
    expect(steps).toBeGreaterThan(0)
    expect(steps).toBeLessThan(600)
    await slurm.until(() => /Restarts=1/.test(slurm.run('scontrol', 'show', 'job', id)))
    slurm.run('scancel', id)
    expect(readdirSync(task(0, 'run'))).toEqual(['run', 'run.status'])
  })
})
