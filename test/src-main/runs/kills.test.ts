import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SESSION } from '#shared/contract/curves.ts'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { openProject, type Project } from '#main/store/project.ts'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { video } from './sample-rows.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../trainer/tiny-videos.ts'
import { hashes } from '../trainer/state-hashes.ts'

const temporaryFolder = temporaryFolders()
const hostEntry = fileURLToPath(new URL('killable-host.ts', import.meta.url))

/** FAME_KILLS=20 FAME_SEED=7 for a long test, and to repeat one. */
const kills = Number(process.env.FAME_KILLS ?? 3)
const seed = Number(process.env.FAME_SEED ?? Date.now() % 2 ** 31)
/** More kills need a run that lasts longer. */
const STEPS = kills > 5 ? 80 : 20
/** ms from the first step of a session to its end, at most. */
const LONGEST = 3000
const victims = ['host', 'trainer', 'both'] as const
type Victim = (typeof victims)[number]

/** What depends on nothing but the configuration; the rest are times and memory. */
const EXACT = ['loss', 'accuracy', 'top5', 'positive', 'negative', 'spread', 'lr', 'gradientNorm']

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

function makeProject(folder: string): Project {
  const project = openProject(folder)
  const { datasets, videos } = project.store
  const datasetId = datasets.ensure({ name: 'tiny', format: 'folder', folder: set.folder })
  const rows = set.videos.map(({ frames, path }, i) => ({
    ...video(i, 'train'),
    path: basename(path),
    frames,
    width: 48,
    height: 36,
  }))
  videos.write(datasetId, rows)
  return project
}

/** A run that waits for its first start. */
function addRun(project: Project): number {
  const config = tinyConfig({ epochs: STEPS / 2, checkpointEvery: 3 })
  const run = { name: 'killed', config, totalSteps: STEPS, status: 'stopped' as const }
  return project.store.runs.add({ ...run, datasetId: 1 }).id
}

/**
 * Goes on with a run in a host of its own until a victim is killed, or the run has ended.
 * @param killAfter ms after the first step
 * @returns whether somebody was killed
 */
async function session(
  folder: string,
  id: number,
  kill?: { victim: Victim; killAfter: number },
): Promise<boolean> {
  const host = spawn(process.execPath, [hostEntry, folder, String(id)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(host, 'exit')
  let isKilled = false
  const lines = createInterface({ input: host.stdout })
  lines.once('line', () => {
    if (kill) void delay(kill.killAfter).then(() => (isKilled = endNow(kill.victim)))
  })
  const endNow = (victim: Victim): boolean => {
    if (host.exitCode !== null) return false
    const trainer = readTrainerPid(folder)
    if (victim !== 'trainer') host.kill('SIGKILL')
    return victim === 'host' || killed(trainer)
  }
  await gone
  return isKilled
}

function readTrainerPid(folder: string): number {
  try {
    return Number(readFileSync(`${folder}/logs/trainer.pid`, 'utf8'))
  } catch {
    return NaN
  }
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

interface Curve {
  /** `step name value`, in the order that a chart takes them. */
  exact: string[]
  /** Steps at which times and memory were measured. */
  measured: number[]
  /** Sessions that have measured something. */
  sessions: number
}

function curveOf({ store }: Project, id: number): Curve {
  const points: MetricPoint[] = []
  for (let seq = 0; ;) {
    const slice = store.runMetrics.after(id, seq)
    if (slice.points.length === 0) break
    points.push(...slice.points)
    seq = slice.seq
  }
  const byName = EXACT.flatMap((name) => points.filter((point) => point.name === name))
  return {
    exact: byName.map(({ step, name, value }) => `${step} ${name} ${value}`),
    measured: points.filter(({ name }) => name === 'stepTime').map(({ step }) => step),
    sessions: points.filter(({ name }) => name === SESSION).length,
  }
}

it(`a run comes out the same whoever is killed (${kills} kills, seed ${seed})`, async () => {
  const folder = `${temporaryFolder()}/project`
  const prepared = makeProject(folder)
  let id = addRun(prepared)
  prepared.close()
  await session(folder, id)
  const reference = openProject(folder, { readonly: true })
  const straight = curveOf(reference, id)
  const weights = loadNewestCheckpoint(reference.runFolder(id))
  reference.close()
  expect(straight.measured).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1))
  expect(straight.exact).toHaveLength(STEPS * EXACT.length)

  const rng = new Rng(seed)
  const told: string[] = []
  let isDone = true
  for (let count = 0; count < kills || !isDone;) {
    if (isDone) {
      const project = openProject(folder)
      id = addRun(project)
      project.close()
    }
    const victim = victims[count % victims.length]
    const kill = count < kills ? { victim, killAfter: rng.uniform(0, LONGEST) } : undefined
    const isKilled = await session(folder, id, kill)
    if (isKilled) count++
    const project = openProject(folder, { readonly: true })
    const { status, step } = project.store.runs.get(id)
    if (isKilled) told.push(`run ${id}: ${victim} killed, ${status} at step ${step}`)
    isDone = status === 'done'
    if (isDone) {
      const own = loadNewestCheckpoint(project.runFolder(id))
      expect(hashes(own?.tensors)).toEqual(hashes(weights?.tensors))
      const curve = curveOf(project, id)
      expect({ ...curve, sessions: 1, told }).toEqual({ ...straight, told })
      told.push(`run ${id}: done in ${curve.sessions} sessions, equal`)
    }
    project.close()
  }
  console.log(told.join('\n'))
}, 1_800_000)
