import { phaseAt } from '#shared/methods/phases.ts'
import { effectiveLearningRate } from '#shared/config/learning-rate.ts'
import { stepEvidence } from '../checkpoint/step-evidence.ts'
import type { Collective } from '../collective/collective.ts'
import { rateInPhase } from '../optimisers/rate-in-phase.ts'
import type { FromTrainer, PretrainJob } from '../process/messages.ts'
import type { TrainerPort } from '../process/trainer-port.ts'
import { addMasks, noMasks } from '../telemetry/mask-tally.ts'
import { measuredLast } from '../telemetry/metric-journal.ts'
import type { Batch } from '../loader/clip-loader.ts'
import type { BatchPlace } from '../methods/learner.ts'
import { openPretraining, type Pretraining } from './pretraining.ts'
import type { Metrics, StepEnd } from './training.ts'

/**
 * Pretrains an encoder with the run's method until the schedule ends or the
 * host asks to stop; a checkpoint is written then and every `checkpointEvery` steps.
 * @param collective the processes that share its batches; null for this one alone
 * @returns the last message for the host
 * @throws Error when TensorFlow, the videos or the disk fail, or training diverges; the last
 * checkpoint stays.
 */
export async function pretrain(
  job: PretrainJob,
  port: TrainerPort,
  collective: Collective | null = null,
): Promise<FromTrainer> {
  const run = await openPretraining(job, port, collective)
  try {
    const step = await train(run, port)
    run.reporter.flush()
    run.tally.report()
    save(run, step)
    return step < run.total ? { type: 'stopped', step } : { type: 'done' }
  } finally {
    await run.close()
  }
}

/** @returns the steps that the run has now */
async function train(run: Pretraining, port: TrainerPort): Promise<number> {
  const { crew, config, total, training, knn, meter, reporter } = run
  const { accumulate: batches, checkpointEvery } = config
  const rate = effectiveLearningRate(config)
  let step = run.restored
  // A stop during the measurement of its step has cut that off; the weights are still that step's.
  const isCutOff = step > 0 && !measuredLast(crew.job.folder, step).has('knn')
  if (isCutOff) reporter.record(step, await knn.measure(step))

  const goesOn = async (): Promise<boolean> => {
    await port.breathe()
    return !port.stopRequested
  }
  let parts: Metrics[] = []
  let masks = noMasks()
  let skipped: string | null = null
  const due = meter.waiting(run.loader.batches(step * batches, total * batches))
  for await (const batch of due) {
    if (crew.isHead) run.preview.offer(batch, step + 1)
    const { phase } = phaseAt(config, step, total)
    reporter.enter(phase.label)
    const place = placeOf(run, batch, step, parts.length)
    if (parts.length === 0 && !(await training.prepare(place, goesOn))) break
    parts.push(training.accumulate(batch.views, place))
    addMasks(masks, batch.masks)
    await port.breathe()
    if (parts.length < batches) continue

    const lr = rateInPhase(config, step, total)
    const result: Metrics = { ...meanOf(parts), lr }
    const end = Number.isFinite(result.loss) ? training.finishStep(lr, rate) : LOST
    if (end.norm !== null) result.gradientNorm = end.norm
    step++
    if (!Number.isFinite(end.norm ?? 0)) throw diverged(run, step, result)
    if (end.skipped !== null && skipped === null) run.warn(noUpdate(step, end.skipped))
    skipped = end.skipped
    run.state.advance(result.loss)
    const made = batch.views.filter((clips) => clips.length > 0).length
    const costs = { ...meter.take(made * config.batch * batches), ...run.gpu.take() }
    reporter.advance(step, { ...result, ...costs, ...(await knn.measure(step)) })
    if (crew.isHead) run.pictures.offer(batch, place, step)
    meter.restart()
    const news = crew.settle({ stopRequested: port.stopRequested, masks })
    run.tally.add(news.masks)
    news.warnings.forEach(run.warn)
    parts = []
    masks = noMasks()
    if (step % checkpointEvery === 0) save(run, step)
    if (news.stopRequested) break
  }
  return step
}

/** @param part micro-batches of the step before this one */
function placeOf(
  { config, sources, total }: Pretraining,
  batch: Batch,
  step: number,
  part: number,
): BatchPlace {
  const { phase, from } = phaseAt(config, step, total)
  const { name, freshOptimiser } = phase
  return {
    step,
    steps: total,
    batch: step * config.accumulate + part,
    epoch: batch.plan.epoch,
    phase: { name, from, freshOptimiser },
    sources: batch.videos.map((video) => sources[video]),
    answers: batch.answers,
    videos: batch.videos,
  }
}

function save({ crew, training, reporter, journal, state }: Pretraining, step: number): void {
  crew.compare(step, () => training.encoderWeights())
  if (!crew.isHead) return
  reporter.sendMetrics()
  journal.sync()
  state.save(step)
}

function diverged(
  { reporter, state, config, list }: Pretraining,
  step: number,
  result: Metrics,
): Error {
  reporter.flush()
  const isLoss = !Number.isFinite(result.loss)
  const what = isLoss
    ? 'The loss is no longer a finite number'
    : 'The gradient is no longer a finite number'
  return state.diverged(what, step, stepEvidence(config, list.videos, step, result))
}

/** How a step ends whose loss is not a number. */
const LOST: StepEnd = { norm: NaN, skipped: null }

function noUpdate(step: number, reason: string): string {
  return `From step ${step} on the weights do not change, because ${reason}. Data and schedules continue; the gradient norm has no value in these steps.`
}

/** Each metric's mean over the micro-batches of a step. */
function meanOf(parts: readonly Metrics[]): Metrics {
  const mean = (name: string): number =>
    parts.reduce((sum, part) => sum + part[name], 0) / parts.length
  return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, mean(name)])) as Metrics
}
