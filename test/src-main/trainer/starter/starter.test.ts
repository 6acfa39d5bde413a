// @module-tag tensorflow
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '#shared/contract/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { openProject } from '#main/store/project.ts'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { JOURNAL } from '#main/trainer/telemetry/metric-journal.ts'
import { jsonLines, runCli, startCli, startProgram, type Running } from '../../hosts/run-cli.ts'
import { writeTinySet } from '../../hosts/tiny-videos.ts'
import { hasOpenMpi, MPI_ENVIRONMENT, MPIRUN } from '../collective/open-mpi.ts'
import { hashes } from '../state-hashes.ts'
import { isAlive, parentOf, ranksOf } from './ranks.ts'

/** FAME_KILLS=20 FAME_SEED=7 for a long test, and to repeat one. */
const kills = Number(process.env.FAME_KILLS ?? 2)
const seed = Number(process.env.FAME_SEED ?? Date.now() % 2 ** 31)
const root = mkdtempSync(join(tmpdir(), 'fame-ranks-test-'))
const project = join(root, 'project')
const cli = fileURLToPath(new URL('../../../../src-main/hosts/cli.ts', import.meta.url))
/** ms from the first step of the ranks, or their start, to the loss of one, at most. */
const LONGEST = 2000

/** A run of two steps an epoch. */
function configOf(epochs: number): string {
  const values = {
    ...{ method: 'rotation', model: 'r2plus1d_narrow', frames: 4, size: 24, stride: 1 },
    ...{ batch: 2, loaderThreads: 1, epochs, checkpointEvery: 3, knnEvery: 0 },
  }
  const file = join(root, `config-${epochs}.json`)
  writeFileSync(file, JSON.stringify(values))
  return file
}

function pretrain(...args: (string | number)[]): Running {
  return startCli('pretrain', '--project', project, '--json', ...args)
}

/** The last that the command line says of its run. */
function lastRun(stdout: string): Run | undefined {
  return jsonLines<{ type: string; run?: Run }>(stdout).findLast(({ type }) => type === 'run')?.run
}

/** What depends on nothing but the configuration. */
function ended(id: number): unknown {
  const opened = openProject(project, { readonly: true })
  const { points } = opened.store.runMetrics.after(id, 0, 1_000_000)
  const steps = points
    .filter(({ name }) => ['loss', 'accuracy', 'lr', 'gradientNorm'].includes(name))
    .map(({ step, name, value }) => `${step} ${name} ${value}`)
    .toSorted()
  const weights = hashes(loadNewestCheckpoint(opened.runFolder(id))?.tensors)
  opened.close()
  return { steps, weights }
}

function lossesOf(id: number): number[] {
  const opened = openProject(project, { readonly: true })
  const { points } = opened.store.runMetrics.after(id, 0, 1_000_000)
  opened.close()
  return points.filter(({ name }) => name === 'loss').map(({ value }) => value)
}

/** What the newest run has measured so far, in bytes. */
function journalSize(): number {
  const folder = join(project, 'runs')
  const newest = Math.max(...readdirSync(folder).map(Number))
  return statSync(join(folder, String(newest), JOURNAL), { throwIfNoEntry: false })?.size ?? 0
}

/**
 * Kills or stops ranks of the project at random, most of them while they train, until it has done so
 * often enough, or on `signal`.
 */
async function harass(rng: Rng, signal: AbortSignal): Promise<string[]> {
  const told: string[] = []
  let last = 0
  while (told.length < kills && !signal.aborted) {
    await delay(20)
    const ranks = ranksOf(project)
    if (ranks.length < 2 || ranks[0] === last) continue
    last = ranks[0]
    const before = journalSize()
    // One of four is lost while it starts.
    if (rng.chance(0.75)) while (journalSize() === before && isAlive(last)) await delay(20)
    await delay(rng.uniform(0, LONGEST))
    const rank = rng.int(ranks.length)
    if (!isAlive(ranks[rank])) continue
    // One of five is stopped, so that the others must find out; mpirun notices those that are killed.
    const how = told.length % 5 === 0 ? 'SIGSTOP' : 'SIGKILL'
    process.kill(ranks[rank], how)
    told.push(`${how} of rank ${rank}`)
  }
  return told
}

describe.skipIf(!hasOpenMpi)('A pretraining in several processes', () => {
  beforeAll(async () => {
    const folder = join(root, 'set')
    mkdirSync(folder)
    await writeTinySet(folder)
    await runCli('index', folder, '--project', project)
    Object.assign(process.env, { ...MPI_ENVIRONMENT, FAME_LOST_AFTER: '6' })
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it('stops at SIGINT with a checkpoint and goes on in one process', async () => {
    const first = pretrain('--config', configOf(2000), '--workers', 2)
    await first.printed('"name":"loss"')
    const ranks = ranksOf(project)
    expect(ranks).toHaveLength(2)
    first.child.kill('SIGINT')
    const { code, stdout } = await first.finished
    expect([code, lastRun(stdout)?.status]).toEqual([0, 'stopped'])
    expect(ranks.filter(isAlive)).toEqual([])

    const alone = pretrain('--resume', 1)
    await alone.printed('"type":"progress"')
    alone.child.kill('SIGINT')
    const second = lastRun((await alone.finished).stdout)
    expect(second?.step).toBeGreaterThan(lastRun(stdout)?.step ?? Infinity)
  })

  it('trains under mpirun as in one process, and stops when mpirun passes on SIGUSR2', async () => {
    const config = configOf(2000)
    const options = ['--project', project, '--json', '--config', config]
    const mpirun = startProgram(
      ...['mpirun', ...MPIRUN, '-n', '2', process.execPath, cli, 'pretrain', ...options],
    )
    await mpirun.printed('"step":2,"name":"loss"')
    mpirun.child.kill('SIGUSR2')
    const { stdout } = await mpirun.finished
    expect(lastRun(stdout)?.status).toBe('stopped')

    const alone = pretrain('--config', config)
    await alone.printed('"step":2,"name":"loss"')
    alone.child.kill('SIGINT')
    const own = lastRun((await alone.finished).stdout)
    // So small a batch soon makes much of another rounding; the arithmetic has tests of its own.
    const [first, second] = lossesOf(own?.id ?? 0)
    expect(lossesOf(lastRun(stdout)?.id ?? 0).slice(0, 2)).toEqual([
      expect.closeTo(first, 4),
      expect.closeTo(second, 4),
    ])
  })

  it('refuses other commands under mpirun, once, and contradictory options', async () => {
    const run = (...args: string[]): Promise<{ stderr: string }> =>
      promisify(execFile)('mpirun', [...MPIRUN, '-n', '2', process.execPath, cli, ...args]).catch(
        (error: unknown) => error as { stderr: string },
      )
    const { stderr } = await run('runs', '--project', project)
    expect(stderr.match(/Only a pretraining can be done by several processes/g)).toHaveLength(1)
    const restarts = await run('pretrain', '--project', project, '--resume', '1', '--restarts', '2')
    expect(restarts.stderr).toMatch(/--restarts needs --workers, which starts mpirun/)
  })

  it('leaves no process when the host is killed, and its checkpoint is whole', async () => {
    const running = pretrain('--config', configOf(2000), '--workers', 2)
    await running.printed('"name":"loss"')
    const ranks = ranksOf(project)
    expect(ranks).toHaveLength(2)
    const mpirun = parentOf(ranks[0])
    const all = [...ranks, mpirun, parentOf(mpirun)]
    running.child.kill('SIGKILL')
    await running.finished
    await expect.poll(() => all.filter(isAlive)).toEqual([])
    const opened = openProject(project, { readonly: true })
    const [{ id }] = opened.store.runs.withStatus('running')
    expect(loadNewestCheckpoint(opened.runFolder(id))?.step).toBeGreaterThan(0)
    opened.close()
  })

  it('names a rank that stands still and ends, where no restart is left', async () => {
    const running = pretrain('--config', configOf(2000), '--workers', 2)
    await running.printed('"name":"loss"')
    process.kill(ranksOf(project)[1], 'SIGSTOP')
    const { code, stderr } = await running.finished
    expect(code).toBe(1)
    expect(stderr).toMatch(/Rank 1 has not answered for 6 s/)
    expect(stderr).toMatch(/--restarts lets a run go on by itself/)
  })

  it(`comes out the same whichever rank is lost (${kills} times, seed ${seed})`, async () => {
    const config = configOf(6 + 2 * kills)
    const straight = await pretrain('--config', config, '--workers', 2).finished
    const harassed = pretrain('--config', config, '--workers', 2, '--restarts', kills)
    const done = new AbortController()
    const telling = harass(new Rng(seed), done.signal)
    const { stdout, stderr } = await harassed.finished
    done.abort()
    const told = await telling
    console.log(told.join('\n'))
    expect(told).toHaveLength(kills)
    expect(lastRun(stdout), stderr).toMatchObject({ status: 'done' })
    expect(ended(lastRun(stdout)?.id ?? 0)).toEqual(ended(lastRun(straight.stdout)?.id ?? 0))
  }, 1_800_000)
})
