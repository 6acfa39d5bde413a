import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Phase } from '#shared/methods/method.ts'
import { phaseKinds } from '#shared/methods/phases.ts'
import type { RehearsedCheck } from '#shared/contract/estimates.ts'
import { loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import { TrainingState } from '../checkpoint/training-state.ts'
import { loadEngine } from '../engine/load.ts'
import type { HostPort } from '../process/host-port.ts'
import { ClipLoader } from '../loader/clip-loader.ts'
import { MaskTally } from '../telemetry/mask-tally.ts'
import { createLearner } from '../methods/index.ts'
import { learningRate } from '../optimisers/schedule.ts'
import type { FromTrainer, RehearsalJob } from '../process/messages.ts'
import { Training } from '../training/training.ts'
import { readVideoList, type ReadVideoList } from '../loader/video-list.ts'
import { LATE } from './late-place.ts'

type Pass = (check: RehearsedCheck, detail: string) => void

/**
 * Does once what a run does again and again: takes a batch, makes a whole step of each of its phases,
 * writes a checkpoint and reads it back. Says after each part that it went well.
 * @returns the last message for the host
 * @throws Error for what would have ended the run
 */
export async function rehearse(job: RehearsalJob, port: HostPort): Promise<FromTrainer> {
  const { config } = job
  const pass: Pass = (check, detail) => port.send({ type: 'passed', check, detail })
  const list = readVideoList(job.videos)
  const engine = await loadEngine(config.precision)
  const { tensorflow, deviceName, precision } = engine.info
  pass('engine', `TensorFlow ${tensorflow} on ${deviceName}, ${precision}`)
  await port.breathe()
  const training = new Training(engine, createLearner(engine, config), config)
  try {
    const steps: string[] = []
    for (const { phase } of phaseKinds(config)) {
      const said = await oneStep(training, list, { config, phase, port })
      if (!said) return { type: 'stopped', step: 0 }
      if (steps.length === 0) pass('videos', said.videos)
      steps.push(phase.label === '' ? said.step : `${phase.label}: ${said.step}`)
    }
    pass('step', steps.join('. '))
    await port.breathe()
    const bytes = saveAndLoad(job, training, list, port)
    pass('checkpoint', `Written and read back: ${(bytes / 1e6).toFixed(1)} MB`)
    return { type: 'done' }
  } finally {
    training.dispose()
  }
}

/** @returns what is said of the batch and of the step; null when it was told to stop */
async function oneStep(
  training: Training,
  { videos }: ReadVideoList,
  { config, phase, port }: { config: PretrainConfig; phase: Phase; port: HostPort },
): Promise<{ videos: string; step: string } | null> {
  let unreadable = 0
  const warn = (message: string): void => {
    unreadable++
    port.send({ type: 'warning', message })
  }
  const made = (): readonly number[] | null => phase.views ?? null
  const loader = new ClipLoader(videos, config, warn, { made })
  const losses: number[] = []
  let batchText = ''
  let start = performance.now()
  try {
    for await (const { views, answers } of loader.batches(0, config.accumulate)) {
      if (losses.length === 0) {
        const passedOver = unreadable > 0 ? `, ${unreadable} unreadable videos skipped` : ''
        const took = secondsSince(start)
        const clips = views.filter(({ length }) => length > 0).length * config.batch
        batchText = `${clips} clips of ${config.batch} videos in ${took}${passedOver}`
        start = performance.now()
      }
      await port.breathe()
      if (port.stopRequested) return null
      const place = { ...LATE, batch: LATE.batch + losses.length }
      const standsFor = 'memory' as const
      const at = { ...place, standsFor, phase: { name: phase.name, from: 0 }, answers }
      losses.push(training.accumulate(views, at).loss)
    }
  } finally {
    await loader.close()
  }
  const { norm, skipped } = training.finishStep(learningRate(config, 0, 1))
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length
  if (!Number.isFinite(loss + (norm ?? 0))) {
    throw new Error('The loss or its gradient is not a finite number. Set precision to float32.')
  }
  const moved = norm === null ? `no update (${skipped})` : `gradient ${norm.toPrecision(3)}`
  return { videos: batchText, step: `Loss ${loss.toFixed(3)}, ${moved}, in ${secondsSince(start)}` }
}

/** @returns bytes of the checkpoint */
function saveAndLoad(
  { config, folder, videos }: RehearsalJob,
  training: Training,
  list: ReadVideoList,
  port: HostPort,
): number {
  const send = (message: FromTrainer): void => port.send(message)
  const job = { kind: 'pretrain', folder, config, videos, resume: false } as const
  const state = new TrainingState({
    job,
    list,
    trained: training,
    masks: new MaskTally(send),
    send,
  })
  state.save(1)
  const saved = loadNewestCheckpoint(folder)
  if (!saved) throw new Error(`The checkpoint in ${folder} no longer exists.`)
  training.loadState(saved.tensors)
  return [...saved.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
