import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import type { EncoderDescriptor } from '#shared/encoders/encoder.ts'
import { CLASSIFIER_MOMENTUM } from '#shared/tasks/settings/classifier-settings.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import { ClipLoader, type Batch } from '../loader/clip-loader.ts'
import { stepsPerEpoch } from '../loader/plan.ts'
import { classifyTestVideos, scoringPlan, type ClassifyClips } from '../evaluation/classify.ts'
import { drawnBatch } from '../evaluation/label-draws.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { Classifier, type LabelledClips } from './finetune/classifier.ts'
import { DoneDraws, meanOutcome, type DrawOutcome } from './finetune/drawn.ts'
import { FinetuneState, trainingOf } from './finetune/state.ts'
import { probeLearningRate } from './linear/learning-rate.ts'
import { applyLinearProbe, unchanged } from './linear/linear-probe.ts'
import { CLASSIFIER_VIEWS } from '../evaluation/classifier-views.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { REFERENCE_CROPS } from '../evaluation/reference-crops.ts'

const TRAINING = 'Fine-tuning'
const SCORING = 'Scoring the test videos'
/** A clip forwards and backwards, in clips forwards. */
const STEP = 3

export const finetune: Runner = { isFrozen: false, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  return context.draws.flatMap((_, draw) => [
    ...context.ofEachStream((stream) => {
      const { config, total } = schedule(stream)
      return [{ name: phaseOf(stream, TRAINING, draw), work: STEP * total * config.batch }]
    }),
    scoringPlan(context, phaseOf(context, SCORING, draw)),
  ])
}

/** `Fine-tuning`, or `Fine-tuning, draw 2 of 5`. */
function phaseOf({ draws }: EvaluationContext, name: string, draw: number): string {
  return draws.length === 1 ? name : `${name}, draw ${draw + 1} of ${draws.length}`
}

/** Of the training on one draw, in one stream; all have as many videos. */
function schedule(context: EvaluationContext) {
  const config = trainingConfig(context)
  const perEpoch = stepsPerEpoch({ videos: context.draws[0].length, ...config })
  return { config, perEpoch, total: context.job.settings.epochs * perEpoch }
}

/**
 * Fine-tuning: encoder and a linear classifier are trained together on random crops of random clips,
 * then test videos are scored by the mean over their clips. Each stream is trained by itself, and they
 * answer together. From random weights it is the supervised baseline. For each draw of labels it starts from the encoder as it was.
 * @returns null when asked to stop; what was trained is kept, and the next start goes on from it
 * @throws Error when training diverges or the disk refuses a checkpoint.
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { draws, streams } = context
  // What the encoder gives out may change with it.
  const initial =
    draws.length > 1 ? streams.map(({ encoder }) => structuredClone(encoder.stateDict())) : null
  const done = new DoneDraws(context)
  const outcomes: DrawOutcome[] = []
  for (const [draw, videos] of draws.entries()) {
    if (initial && draw > 0) streams.forEach(({ encoder }, i) => encoder.loadStateDict(initial[i]))
    const training = trainingOf(context, videos)
    // A single training ends with the evaluation.
    const known = draws.length > 1 ? done.of(training) : null
    const outcome = known ?? (await tune(context, { draw, videos, training }))
    if (!outcome) return null
    if (!known && draws.length > 1) done.add(outcome)
    outcomes.push(outcome)
  }
  return { ...meanOutcome(outcomes), trainVideos: draws[0].length }
}

/** A draw of labels: its place, its videos, and what tells the training on it from every other. */
interface Draw {
  draw: number
  videos: TrainerVideo[]
  training: string
}

/** Trains one network a stream and scores them together. @returns null when asked to stop */
async function tune(context: EvaluationContext, draw: Draw): Promise<DrawOutcome | null> {
  const classifiers: ClassifyClips[] = []
  for (const place of context.streams.keys()) {
    const classify = await tuneStream(context, draw, place)
    if (!classify) return null
    classifiers.push(classify)
  }
  const tally = await classifyTestVideos(context, [classifiers], {
    phase: phaseOf(context, SCORING, draw.draw),
    isStored: draw.draw === 0,
  })
  if (!tally) return null
  const { scores, intervals = {}, detail } = tally.found()
  return { training: draw.training, scores, intervals, detail, testVideos: tally.videos }
}

/** Trains the network of a stream. @param place of the stream @returns null when asked to stop */
async function tuneStream(
  context: EvaluationContext,
  { draw, videos }: Draw,
  place: number,
): Promise<ClassifyClips | null> {
  const stream = context.streams[place]
  const { engine, encoder, job, seed } = stream
  const { classes, settings } = job
  const { weightDecay, dropout, optimiser, layerDecay, dropPath } = settings
  checkDepthSettings(encoder.model, settings)
  const classifier = new Classifier(engine, encoder, {
    ...{ classes: classes.length, momentum: CLASSIFIER_MOMENTUM, weightDecay, dropout },
    ...{ optimiser, layerDecay, dropPath, seed },
  })
  try {
    const training = trainingOf(stream, videos)
    // Steps of later trainings follow those of earlier ones, in the curve and in names of checkpoints.
    const before = draw * context.streams.length + place
    const isTrained = await train(stream, classifier, { draw, videos, training, before })
    if (!isTrained) return null
    const probe = { ...classifier.readHead(), ...unchanged(encoder.featureSize) }
    return (features) => applyLinearProbe(probe, features)
  } finally {
    classifier.dispose()
  }
}

/** @throws Error for settings that only transformers have, where the encoder is none */
function checkDepthSettings(
  model: EncoderName,
  { layerDecay, dropPath }: EvaluationSettings,
): void {
  const { label, cube }: EncoderDescriptor = encoders[model]
  if (cube) return
  const [name, value, usual] =
    layerDecay === 1 ? ['dropPath', dropPath, 0] : ['layerDecay', layerDecay, 1]
  if (value === usual) return
  throw new Error(
    `${name} ${value} is for transformers, and ${label} is none. Start a new evaluation with ${name} ${usual}.`,
  )
}

/** @param before trainings of as many steps that come before it @returns false when asked to stop */
async function train(
  context: EvaluationContext,
  classifier: Classifier,
  { draw, videos, training, before }: Draw & { before: number },
): Promise<boolean> {
  const { job, seed } = context
  const { config, perEpoch, total } = schedule(context)
  const first = before * total
  const state = new FinetuneState(context, classifier, training)
  let step = (state.restore() ?? first) - first
  if (step >= total) return true
  const journal = context.journal(first + step)
  const options = { done: step, earlier: first, journal }
  const reporter = context.phase(phaseOf(context, TRAINING, draw), 'steps', total, options)
  const beforeSaving = (): void => {
    reporter.sendMetrics()
    journal.sync()
  }
  const loader = new ClipLoader(videos, config, (message) => context.warn(message), { views: 1 })
  try {
    for await (const batch of loader.batches(step, total)) {
      const epoch = Math.floor(step / perEpoch)
      const lr = probeLearningRate(job.settings, { step, steps: total, epoch })
      const clips = labelled(batch, videos, config)
      const measured = classifier.step(clips, lr, deriveSeed(seed, DROP, step))
      if (!Number.isFinite(measured.loss)) throw diverged(step, job.settings.lr)
      step++
      reporter.advance(step, { ...measured, lr })
      if (step % perEpoch === 0) state.saveSometimes(first + step, beforeSaving)
      if (!(await context.breathe())) break
    }
    reporter.flush()
    state.save(first + step, beforeSaving)
  } finally {
    journal.close()
    await loader.close()
  }
  return step >= total
}

const DROP = 0x64726f70

/** Order and clips as in pretraining; crops and colours as the settings have them. */
function trainingConfig(context: EvaluationContext): PretrainConfig {
  const { job, seed } = context
  const { merge, grayscale, jitter, trainCrops, repeats } = job.settings
  return {
    ...job.config,
    ...(trainCrops === 'reference' && REFERENCE_CROPS),
    ...CLASSIFIER_VIEWS,
    grayscale,
    jitter,
    balanced: false,
    repeats,
    merge: merge === 'fame' ? 'query' : 'none',
    batch: drawnBatch(context),
    seed,
  }
}

function labelled(
  { views: [clips], videos }: Batch,
  listed: readonly TrainerVideo[],
  { batch, frames, size }: PretrainConfig,
): LabelledClips {
  const labels = Array.from(videos, (position) => listed[position].label)
  return { data: clips, shape: [batch, frames, size, size, 3], labels }
}

function diverged(step: number, lr: number): Error {
  return new Error(
    `The loss is no longer a finite number at step ${step + 1} of fine-tuning. ` +
      `Start a new evaluation with a learning rate below ${lr}.`,
  )
}
