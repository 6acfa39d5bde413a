import { plannedSteps } from '#shared/config/steps.ts'
import { methodOf } from '#shared/methods/index.ts'
import { announce } from '../process/announce.ts'
import { BatchPreview } from '../telemetry/batch-preview.ts'
import { TrainingState } from '../checkpoint/training-state.ts'
import { stepEvidence } from '../checkpoint/step-evidence.ts'
import { loadEngine } from '../engine/load.ts'
import { GpuMeter } from '../telemetry/gpu-meter.ts'
import type { HostPort } from '../process/host-port.ts'
import { KnnCurve } from '../knn/knn-curve.ts'
import { ClipLoader } from '../loader/clip-loader.ts'
import { MaskTally } from '../telemetry/mask-tally.ts'
import { measuredLast, withJournal } from '../telemetry/metric-journal.ts'
import { createLearner } from '../methods/index.ts'
import { learningRate } from '../optimisers/schedule.ts'
import type { FromTrainer, PretrainJob } from '../process/messages.ts'
import { Reporter } from '../telemetry/reporter.ts'
import { StepMeter } from '../telemetry/step-meter.ts'
import { withTensorboard } from '../telemetry/tensorboard.ts'
import { Training, type Metrics } from './training.ts'
import { readVideoList } from '../loader/video-list.ts'

/**
 * Pretrains an encoder with the run's method until the schedule ends or the
 * host asks to stop; a checkpoint is written then and every `checkpointEvery` steps.
 * @returns the last message for the host
 * @throws Error when TensorFlow, the videos or the disk fail, or training diverges; the last
 * checkpoint stays.
 */
export async function pretrain(job: PretrainJob, port: HostPort): Promise<FromTrainer> {
  const { config } = job
  const send = (message: FromTrainer): void => port.send(message)
  const list = readVideoList(job.videos)
  const total = plannedSteps(config, list.videos.length)
  const { accumulate: batches } = config

  const engine = await loadEngine(config.precision)
  announce(engine, send)
  const learner = createLearner(engine, config)
  const training = new Training(engine, learner, config)
  const tally = new MaskTally(send)
  const state = new TrainingState({ job, list, trained: training, masks: tally, send })
  let step = state.restore()
  const warn = (message: string): void => send({ type: 'warning', message })
  const loader = new ClipLoader(list.videos, config, warn, job)
  const meter = new StepMeter(methodOf(config).views.length * config.batch * batches)
  const gpu = new GpuMeter()
  const journal = withJournal(job.folder, step, withTensorboard(job, step, send))
  const whole = { phase: 'Pretraining', unit: 'steps', total, done: step }
  const preview = new BatchPreview({
    folder: job.folder,
    config,
    videos: list.videos,
    root: job.videos.root,
    send,
  })
  const knn = new KnnCurve({
    ...{
      config,
      encoder: learner.encoder,
      videos: list.videos,
      root: job.videos.root,
      total,
      warn,
    },
    goesOn: async () => {
      await port.breathe()
      return !port.stopRequested
    },
  })
  const reporter = new Reporter({ ...whole, send: journal.send })
  const save = (): void => {
    reporter.sendMetrics()
    journal.sync()
    state.save(step)
  }

  try {
    // A stop during the measurement of its step has cut that off; the weights are still that step's.
    const isCutOff = step > 0 && !measuredLast(job.folder, step).has('knn')
    if (isCutOff) reporter.record(step, await knn.measure(step))
    let parts: Metrics[] = []
    const due = meter.waiting(loader.batches(step * batches, total * batches))
    for await (const batch of due) {
      preview.offer(batch, step + 1)
      const place = { step, steps: total, batch: step * batches + parts.length }
      parts.push(training.accumulate(batch.views, place))
      tally.add(batch.masks)
      await port.breathe()
      if (parts.length < batches) continue
      const lr = learningRate(config, step, total)
      const result = { ...meanOf(parts), lr, gradientNorm: NaN }
      if (Number.isFinite(result.loss)) result.gradientNorm = training.finishStep(lr)
      step++
      if (!Number.isFinite(result.gradientNorm)) {
        reporter.flush()
        throw state.diverged(
          whatFailed(result),
          step,
          stepEvidence(config, list.videos, step, result),
        )
      }
      state.advance(result.loss)
      const costs = { ...meter.take(), ...gpu.take() }
      reporter.advance(step, { ...result, ...costs, ...(await knn.measure(step)) })
      meter.restart()
      parts = []
      if (step % config.checkpointEvery === 0) save()
      if (port.stopRequested) break
    }
    reporter.flush()
    tally.report()
    save()
  } finally {
    await loader.close()
    await preview.close()
    await knn.close()
    gpu.close()
    journal.close()
    training.dispose()
  }
  return step < total ? { type: 'stopped', step } : { type: 'done' }
}

/** Each metric's mean over the micro-batches of a step. */
function meanOf(parts: readonly Metrics[]): Metrics {
  const mean = (name: string): number =>
    parts.reduce((sum, part) => sum + part[name], 0) / parts.length
  return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, mean(name)])) as Metrics
}

function whatFailed({ loss }: { loss: number }): string {
  return Number.isFinite(loss)
    ? 'The gradient is no longer a number'
    : 'The loss is no longer a number'
}
