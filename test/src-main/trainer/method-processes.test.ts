// @module-tag tensorflow
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { FromTrainer, PretrainJob } from '#main/trainer/process/messages.ts'
import { presetOf } from '#shared/config/presets.ts'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import type { EncoderDescriptor } from '#shared/encoders/encoder.ts'
import { encoders } from '#shared/encoders/index.ts'
import { phaseAt } from '#shared/methods/phases.ts'
import { METHODS, methodNamed, viewsOf, type MethodName } from '#shared/methods/index.ts'
import { pretrain } from '#main/trainer/training/pretrain.ts'
import { RealTrainer } from './real-trainer.ts'
import { Listener } from './tasks/listener.ts'
import { hashes } from './state-hashes.ts'

const trainer = new RealTrainer({ finishes: false })
// Every listener listens to the process, and a process has one in earnest.
process.setMaxListeners(50)
const cutOffRuns = fileURLToPath(new URL('cut-off-runs.ts', import.meta.url))
const doomedTrainer = fileURLToPath(new URL('doomed-trainer.ts', import.meta.url))

const hasPhases = (method: MethodName): boolean => 'phases' in methodNamed(method)
const hasQueue = (method: MethodName): boolean => 'queue' in settingsOf(method)
/** A method with a queue and one with phases: their processes are killed, which takes one for each. */
const KILLED = [
  METHODS.find((method) => hasQueue(method) && !hasPhases(method)),
  METHODS.find(hasPhases),
]

let folder = ''
let processFault = ''
const folderOf = (method: MethodName): string => join(folder, method)

// One process begins the runs of all other methods, since each process loads TensorFlow. What comes of
// each run is in a file, so a run that fails, or ends the process, is told by the test of its method.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fame-runs-'))
  const others = METHODS.filter((method) => !KILLED.includes(method))
  const jobs = others.map((method) => ({ ...jobOf(method), folder: folderOf(method) }))
  const file = join(folder, 'jobs.json')
  writeFileSync(file, JSON.stringify(jobs))
  await promisify(execFile)(process.execPath, [cutOffRuns, file]).catch((error: unknown) => {
    processFault = inspect(error)
  })
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Three epochs of two steps, as the sample recipe has them, on tiny clips. */
function jobOf(method: MethodName): PretrainJob {
  const { values } = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
  const { model } = completeConfig({ method, ...values })
  const { cube, least }: EncoderDescriptor = encoders[model]
  // Two cubes along each side for a transformer.
  const size = cube ? 2 * cube.size : 24
  const frames = Math.max(4, least?.frames ?? 0)
  const tiny = { frames, size, batch: 4, epochs: 3, precision: 'float32', knnEvery: 0 }
  // Two threads fill each batch together; more would take time to start.
  const loader = { loaderThreads: 2 }
  const table = settingsOf(method)
  const own = { ...('queue' in table && { queue: 8 }), ...('rho' in table && { rho: 3 }) }
  const config = completeConfig({
    ...values,
    ...tiny,
    ...loader,
    ...own,
    merge: 'both',
    checkpointEvery: 1,
  })
  return { ...trainer.pretrainJob(), config }
}

/** Trains here, where TensorFlow is loaded once for all methods. */
async function trainHere(job: PretrainJob): Promise<FromTrainer[]> {
  const listener = new Listener()
  const last = await pretrain(job, listener)
  return [...listener.messages, last]
}

/** The folder of a run that was ended when it had written its checkpoint of step 2. */
async function begunRun(method: MethodName, job: PretrainJob): Promise<string> {
  const own = folderOf(method)
  if (KILLED.includes(method)) {
    await trainer.train({ ...job, folder: own }, undefined, doomedTrainer)
    expect(trainer.child?.signalCode).toBe('SIGKILL')
    return own
  }
  const outcome = `${own}-outcome`
  const fault = existsSync(outcome) ? readFileSync(outcome, 'utf8') : `No outcome. ${processFault}`
  expect(fault).toBe('')
  return `${own}-cut-off`
}

function valuesOf(messages: FromTrainer[], metric: string): number[] {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []))
  return points.filter(({ name }) => name === metric).map(({ value }) => value)
}

describe.each(METHODS)('a run with %s', (method) => {
  const left = KILLED.includes(method) ? 'what a killed process leaves' : 'a copy of its folder'
  it(`goes on from ${left} as if nothing had been, all of its clips merged`, async () => {
    const job = jobOf(method)
    const straight = await trainHere({ ...job, folder: `${trainer.folder}/straight` })
    expect(straight.at(-1)).toEqual({ type: 'done' })
    // Six steps of four videos, in the views that each takes; flow is not merged.
    const views = viewsOf(job.config)
    const merged = Array.from({ length: 6 }, (_, step) => {
      const { views: made } = phaseAt(job.config, step, 6).phase
      const isMerged = (view: number) => views[view].modality !== 'flow'
      return [...views.keys()].filter((view) => isMerged(view) && (made?.includes(view) ?? true))
    })
    const fame = 4 * merged.flat().length
    const masks = straight.findLast(({ type }) => type === 'masks')
    expect(masks).toMatchObject({ use: { fame } })
    expect(valuesOf(straight, 'loss')).toHaveLength(6)
    const { metrics, phases } = methodNamed(method)
    for (const metric of Object.keys(metrics)) {
      const measured = valuesOf(straight, metric).length
      // A method with phases may measure some of them in a few steps alone.
      if (phases || metrics[metric].isMeasuredLate) expect(measured, metric).toBeLessThanOrEqual(6)
      else expect(measured, metric).toBe(6)
    }
    const begun = await begunRun(method, job)
    expect(loadNewestCheckpoint(begun)?.step).toBe(2)
    const rest = await trainHere({ ...job, folder: begun })
    expect(valuesOf(rest, 'loss')).toEqual(valuesOf(straight, 'loss').slice(2))
    const [whole, resumed] = [`${trainer.folder}/straight`, begun].map(loadNewestCheckpoint)
    expect(hashes(resumed?.tensors)).toEqual(hashes(whole?.tensors))
  })
})
