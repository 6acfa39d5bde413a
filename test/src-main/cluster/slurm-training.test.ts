// @module-tag tensorflow
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { jsonLines, runCli } from '../hosts/run-cli.ts'
import { writeTinySet } from '../hosts/tiny-videos.ts'
import { SingleNodeSlurm, whyNoSlurm } from './single-node-slurm.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 })

const reason = whyNoSlurm()
/** 40 steps, some 10 s. */
const sizes = { frames: 4, size: 32, stride: 1, batch: 2, queue: 4, epochs: 20 }
const settings = { model: 'r2plus1d_narrow', loaderThreads: 1, ...sizes }

describe.skipIf(reason !== null)(`a sweep on a Slurm of one node (skipped: ${reason})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'fame-sweep-'))
  const at = (...names: string[]): string => join(folder, ...names)
  const slurm = new SingleNodeSlurm(folder)
  beforeAll(async () => {
    for (const name of ['set', 'shared']) mkdirSync(at(name))
    await writeTinySet(at('set'))
    await slurm.start()
  })
  afterAll(async () => {
    await slurm.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Writes a job file, and submits it; its number. */
  async function submit(sweep: object): Promise<string> {
    writeFileSync(at('sweep.yaml'), JSON.stringify(sweep))
    const places = ['--data', at('set'), '--shared', at('shared')]
    const room = ['--cores', 1, '--memory', '400M']
    const made = await runCli('cluster', 'slurm', at('sweep.yaml'), ...places, ...room)
    expect(made.code).toBe(0)
    writeFileSync(at('job.sh'), made.stdout)
    return /\d+/.exec(slurm.run('sbatch', at('job.sh')))![0]
  }

  /** What the first task has printed so far. */
  function log(): string {
    const file = readdirSync(folder).find((name) => name.endsWith('-0.log'))
    return file ? readFileSync(at(file), 'utf8') : ''
  }

  /** Step and loss of a run that was exported to a folder, line by line. */
  function lossesOf(...run: string[]): string[] {
    const [head, ...lines] = readFileSync(at(...run, 'curves.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    const columns = ['step', 'loss'].map((name) => head.indexOf(name))
    expect(columns).not.toContain(-1)
    return lines.map((line) => columns.map((column) => line[column]).join(' '))
  }

  it('trains and evaluates, and a run that is queued again ends as one without Slurm', async () => {
    const grid = { lr: [0.01, 0.02] }
    const id = await submit({ ...settings, grid, evaluate: ['retrieval'] })
    await slurm.until(() => /Pretraining \d+\/40/.test(log()), 200)
    slurm.run('scancel', '--batch', '--signal=USR1', `${id}_0`)
    const done = (n: number): boolean => existsSync(at('shared', `task-${n}`, 'done'))
    await slurm.until(() => done(0) && done(1), 300)
    const stoppedAt = Number(/stopped at step (\d+) of 40/.exec(log())?.[1])
    expect(stoppedAt).toBeGreaterThan(0)

    const project = ['--project', at('project')]
    expect((await runCli('cluster', 'collect', at('shared'), ...project)).code).toBe(0)
    const runs = jsonLines((await runCli('runs', ...project, '--json')).stdout)
    expect(runs).toMatchObject(
      grid.lr.map((lr) => ({
        status: 'done',
        step: 40,
        config: { lr },
        evaluations: [{ protocol: 'retrieval', status: 'done' }],
      })),
    )

    const plain = ['--project', at('plain')]
    writeFileSync(at('plain.json'), JSON.stringify({ ...settings, lr: 0.01 }))
    await runCli('index', at('set'), ...plain)
    expect((await runCli('pretrain', '--config', at('plain.json'), ...plain)).code).toBe(0)
    await runCli('runs', 'export', 1, '--folder', at('plain-run'), ...plain)
    const losses = lossesOf('shared', 'task-0', 'run')
    expect(losses.length).toBeGreaterThan(30)
    expect(losses).toEqual(lossesOf('plain-run'))
  })
})
