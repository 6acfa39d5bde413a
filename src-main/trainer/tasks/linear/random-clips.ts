import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { ClipLoader } from '../../loader/clip-loader.ts'
import { stepsPerEpoch } from '../../loader/plan.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import type { Reporter } from '../../telemetry/reporter.ts'
import type { ClassifyClips } from '../../evaluation/classify.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import { encode, someVideos } from '../../evaluation/features.ts'
import { drawnBatch } from '../../evaluation/label-draws.ts'
import { probeLearningRate } from './learning-rate.ts'
import {
  applyLinearProbe,
  preparation,
  ProbeTraining,
  standardisationOf,
  unchanged,
  type LinearProbe,
  type Standardisation,
} from './linear-probe.ts'
import { CLASSIFIER_VIEWS } from '../../evaluation/classifier-views.ts'
import { REFERENCE_CROPS } from '../../evaluation/reference-crops.ts'
import type { PlannedPhase } from '../../evaluation/work-plan.ts'

export const TRAINING = 'Training the linear probe'

/** The work of `trainOnRandomClips`. */
export function randomClipsPlan(context: EvaluationContext): PlannedPhase[] {
  const { draws, job } = context
  const { standardise } = job.settings
  const { config, steps } = schedule(context)
  const work = draws.length * steps * config.batch
  const features = standardise === 'none' ? [] : [context.encoding('train')]
  return [...features, { name: TRAINING, work }]
}

/**
 * Trains a linear classifier for each draw of labels as papers do: at each step a batch of random
 * clips, in random crops and flips, goes through the frozen encoder.
 * @returns null when asked to stop
 * @throws Error when training diverges
 */
export async function trainOnRandomClips(
  context: EvaluationContext,
): Promise<{ classifiers: ClassifyClips[]; videos: number } | null> {
  const { draws, encoder, job } = context
  const prepared = preparation(job.settings, encoder.featureSize)
  const standardisations = await standardisationsFor(context, prepared)
  if (!standardisations) return null
  const { steps } = schedule(context)
  const reporter = context.phase(TRAINING, 'steps', draws.length * steps)
  const classifiers: ClassifyClips[] = []
  for (const [draw, videos] of draws.entries()) {
    const report = { reporter, done: draw * steps }
    const parts = { videos, prepared, standardisation: standardisations[draw], report }
    const probe = await trainOne(context, parts)
    if (!probe) return null
    classifiers.push((features) => applyLinearProbe(probe, prepared(features)))
  }
  reporter.flush()
  return { classifiers, videos: draws[0].length }
}

type Prepare = (features: Float32Array) => Float32Array

/** Of the training of one draw; all have as many videos. @returns steps in all, and in an epoch */
function schedule(context: EvaluationContext) {
  const { draws, job } = context
  const config = trainingConfig(context)
  const perEpoch = stepsPerEpoch({ videos: draws[0].length, ...config })
  return { config, perEpoch, steps: job.settings.epochs * perEpoch }
}

/** @returns null when asked to stop */
async function trainOne(
  context: EvaluationContext,
  {
    videos,
    prepared,
    standardisation,
    report,
  }: {
    videos: TrainerVideo[]
    prepared: Prepare
    standardisation: Standardisation
    /** Where progress goes, and the steps of earlier draws. */
    report: { reporter: Reporter; done: number }
  },
): Promise<LinearProbe | null> {
  const { engine, encoder, job } = context
  const { classes, settings } = job
  const { config, perEpoch, steps } = schedule(context)
  const training = new ProbeTraining(engine, {
    classes: classes.length,
    weightDecay: settings.weightDecay,
    standardisation,
  })
  const loader = new ClipLoader(videos, config, (message) => context.warn(message), { views: 1 })
  let step = 0
  try {
    for await (const batch of loader.batches(0, steps)) {
      const features = prepared(encode(encoder, batch.views[0], config))
      const labels = Array.from(batch.videos, (position) => videos[position].label)
      const at = { step, steps, epoch: Math.floor(step / perEpoch) }
      const probeLoss = training.step(features, labels, probeLearningRate(settings, at))
      report.reporter.advance(report.done + ++step, { probeLoss })
      if (!(await context.breathe())) return null
    }
    return training.probe
  } finally {
    await loader.close()
    training.dispose()
  }
}

/** By the features of the clips that are spread over the training videos of each draw. */
async function standardisationsFor(
  context: EvaluationContext,
  prepared: Prepare,
): Promise<Standardisation[] | null> {
  const { draws, job, encoder } = context
  const { standardise } = job.settings
  if (standardise === 'none') return draws.map(() => unchanged(encoder.featureSize))
  const train = await context.allFeatures('train')
  return (
    train &&
    draws.map((videos) => {
      const { features, size } = someVideos(train, videos)
      return standardisationOf({ features: prepared(features), size }, standardise)
    })
  )
}

/** Crops and flips alone: colours stay as they are. */
function trainingConfig(context: EvaluationContext): PretrainConfig {
  const { job, seed } = context
  return {
    ...job.config,
    ...REFERENCE_CROPS,
    ...CLASSIFIER_VIEWS,
    cropScaleMin: job.settings.cropArea,
    cropAspectMin: job.settings.cropAspect,
    grayscale: 0,
    jitter: 0,
    balanced: false,
    repeats: 1,
    merge: 'none',
    batch: drawnBatch(context),
    seed,
  }
}
