import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { CLASSIFIER_MOMENTUM } from '#shared/tasks/settings/classifier-settings.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import { ClipLoader, type Batch } from '../loader/clip-loader.ts'
import { stepsPerEpoch } from '../loader/plan.ts'
import { classifyTestVideos, scoringPlan } from '../evaluation/classify.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { Classifier, type LabelledClips } from './finetune/classifier.ts'
import { FinetuneState } from './finetune/state.ts'
import { steppedLearningRate } from './linear/learning-rate.ts'
import { applyLinearProbe, unchanged } from './linear/linear-probe.ts'
import { CLASSIFIER_VIEWS } from '../evaluation/classifier-views.ts'
import { REFERENCE_CROPS } from '../evaluation/reference-crops.ts'

const TRAINING = 'Fine-tuning'
/** A clip forwards and backwards, in clips forwards. */
const STEP = 3

export const finetune: Runner = { isFrozen: false, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  const { job, videos, seed } = context
  const config = trainingConfig(job.config, job.settings, seed)
  const steps = job.settings.epochs * stepsPerEpoch({ videos: videos.train.length, ...config })
  return [{ name: TRAINING, work: STEP * steps * config.batch }, scoringPlan(context)]
}

/**
 * Fine-tuning: encoder and a linear classifier are trained together on random crops of random clips,
 * then test videos are scored by the mean of their clips' logits. From random weights it is the
 * supervised baseline.
 * @returns null when asked to stop; what was trained is kept, and the next start goes on from it
 * @throws Error when training diverges or the disk refuses a checkpoint.
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { engine, encoder, job } = context
  const { classes, settings } = job
  const { weightDecay, dropout } = settings
  const options = { classes: classes.length, momentum: CLASSIFIER_MOMENTUM, weightDecay, dropout }
  const classifier = new Classifier(engine, encoder, { ...options, seed: context.seed })
  try {
    const isTrained = await train(context, classifier)
    if (!isTrained) return null
    const head = classifier.readHead()
    const probe = { ...head, ...unchanged(encoder.featureSize) }
    const tally = await classifyTestVideos(context, (features) => applyLinearProbe(probe, features))
    if (!tally) return null
    const counts = { trainVideos: context.videos.train.length, testVideos: tally.videos }
    return { ...tally.found(), ...counts }
  } finally {
    classifier.dispose()
  }
}

/** @returns false when asked to stop */
async function train(context: EvaluationContext, classifier: Classifier): Promise<boolean> {
  const { job, videos, seed } = context
  const config = trainingConfig(job.config, job.settings, seed)
  const perEpoch = stepsPerEpoch({ videos: videos.train.length, ...config })
  const total = job.settings.epochs * perEpoch
  const state = new FinetuneState(context, classifier)
  let step = state.restore()
  if (step >= total) return true
  const journal = context.journal(step)
  const reporter = context.phase(TRAINING, 'steps', total, step, journal)
  const beforeSaving = (): void => {
    reporter.sendMetrics()
    journal.sync()
  }
  const loader = new ClipLoader(videos.train, config, (message) => context.warn(message), {
    views: 1,
  })
  try {
    for await (const batch of loader.batches(step, total)) {
      const lr = steppedLearningRate(job.settings, Math.floor(step / perEpoch))
      const clips = labelled(batch, videos.train, config)
      const measured = classifier.step(clips, lr, deriveSeed(seed, DROP, step))
      if (!Number.isFinite(measured.loss)) throw diverged(step, job.settings.lr)
      step++
      reporter.advance(step, { ...measured, lr })
      if (step % perEpoch === 0) state.saveSometimes(step, beforeSaving)
      if (!(await context.breathe())) break
    }
    reporter.flush()
    state.save(step, beforeSaving)
  } finally {
    journal.close()
    await loader.close()
  }
  return step >= total
}

const DROP = 0x64726f70

/** Order and clips as in pretraining; crops and colours as the settings have them. */
function trainingConfig(
  config: PretrainConfig,
  { batch, merge, grayscale, jitter, trainCrops }: EvaluationSettings,
  seed: number,
): PretrainConfig {
  return {
    ...config,
    ...(trainCrops === 'reference' && REFERENCE_CROPS),
    ...CLASSIFIER_VIEWS,
    grayscale,
    jitter,
    balanced: false,
    merge: merge === 'fame' ? 'query' : 'none',
    batch,
    seed,
  }
}

function labelled(
  { views: [clips], videos }: Batch,
  listed: EvaluationContext['videos']['train'],
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
