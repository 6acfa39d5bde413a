import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import { ClipLoader, type Batch } from '../../loader/clip-loader.ts'
import { stepsPerEpoch } from '../../loader/plan.ts'
import { classifyTestVideos } from '../classify.ts'
import type { EvaluationContext, Outcome } from '../context.ts'
import { Classifier, type LabelledClips } from '../finetune/classifier.ts'
import { FinetuneState } from '../finetune/state.ts'
import { applyLinearProbe } from '../linear-probe.ts'

const MOMENTUM = 0.9

/**
 * Fine-tuning: encoder and a linear classifier are trained together on random crops of random clips,
 * then test videos are scored by the mean of their clips' logits. From random weights it is the
 * supervised baseline.
 * @returns null when asked to stop; what was trained is kept, and the next start goes on from it
 * @throws Error when training diverges or the disk refuses a checkpoint.
 */
export async function finetune(context: EvaluationContext): Promise<Outcome | null> {
  const { engine, encoder, job } = context
  const { classes, settings } = job
  const { weightDecay, dropout } = settings
  const options = { classes: classes.length, momentum: MOMENTUM, weightDecay, dropout }
  const classifier = new Classifier(engine, encoder, { ...options, seed: context.seed })
  try {
    const isTrained = await train(context, classifier)
    if (!isTrained) return null
    const head = classifier.readHead()
    const [mean, deviation] = [0, 1].map((value) =>
      new Float32Array(encoder.featureSize).fill(value),
    )
    const probe = { ...head, mean, deviation }
    const tally = await classifyTestVideos(context, (features) => applyLinearProbe(probe, features))
    if (!tally) return null
    const counts = { trainVideos: context.videos.train.length, testVideos: tally.videos }
    return { scores: tally.scores(), detail: tally.detail(), ...counts }
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
  const reporter = context.phase('Fine-tuning', 'steps', total, step, journal)
  const beforeSaving = (): void => {
    reporter.sendMetrics()
    journal.sync()
  }
  const loader = new ClipLoader(videos.train, config, (message) => context.warn(message), {
    views: [0],
  })
  try {
    for await (const batch of loader.batches(step, total)) {
      const lr = learningRateAt(job.settings, Math.floor(step / perEpoch))
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

/** Crops, flips and order as in pretraining; colours stay as they are. */
function trainingConfig(
  config: PretrainConfig,
  { batch, merge }: EvaluationSettings,
  seed: number,
): PretrainConfig {
  const plain = { grayscale: 0, jitter: 0, blur: 0, balanced: false }
  const fame = merge === 'fame' ? 'query' : 'none'
  return { ...config, ...plain, fame, batch, seed }
}

/** The learning rate of an epoch, counted from 0: lower from each milestone on. */
export function learningRateAt(
  { lr, milestone1, milestone2, factor }: EvaluationSettings,
  epoch: number,
): number {
  const passed = [milestone1, milestone2].filter((milestone) => epoch >= milestone).length
  return lr * factor ** passed
}

function labelled(
  { query, videos }: Batch,
  listed: EvaluationContext['videos']['train'],
  { batch, frames, size }: PretrainConfig,
): LabelledClips {
  const labels = Array.from(videos, (position) => listed[position].label)
  return { data: query, shape: [batch, frames, size, size, 3], labels }
}

function diverged(step: number, lr: number): Error {
  return new Error(
    `The loss is no longer a number at step ${step + 1} of fine-tuning. ` +
      `Start a new evaluation with a learning rate below ${lr}.`,
  )
}
