import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { ClipLoader } from '../../loader/clip-loader.ts'
import { stepsPerEpoch } from '../../loader/plan.ts'
import type { ClassifyClips } from '../../evaluation/classify.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import { encode } from '../../evaluation/features.ts'
import { probeLearningRate } from './learning-rate.ts'
import {
  applyLinearProbe,
  preparation,
  ProbeTraining,
  standardisationOf,
  unchanged,
  type Standardisation,
} from './linear-probe.ts'
import { CLASSIFIER_VIEWS } from '../../evaluation/classifier-views.ts'
import { REFERENCE_CROPS } from '../../evaluation/reference-crops.ts'
import type { PlannedPhase } from '../../evaluation/work-plan.ts'

export const TRAINING = 'Training the linear probe'

/** The work of `trainOnRandomClips`. */
export function randomClipsPlan(context: EvaluationContext): PlannedPhase[] {
  const { job, videos, seed } = context
  const { batch, epochs, standardise } = job.settings
  const config = trainingConfig(job.config, batch, seed)
  const work = epochs * stepsPerEpoch({ videos: videos.train.length, ...config }) * batch
  const features = standardise === 'none' ? [] : [context.encoding('train')]
  return [...features, { name: TRAINING, work }]
}

/**
 * Trains a linear classifier as papers do: at each step a batch of random clips, in random crops and
 * flips, goes through the frozen encoder.
 * @returns null when asked to stop
 * @throws Error when training diverges
 */
export async function trainOnRandomClips(
  context: EvaluationContext,
): Promise<{ classify: ClassifyClips; videos: number } | null> {
  const { encoder, job, videos, seed } = context
  const { classes, settings } = job
  const config = trainingConfig(job.config, settings.batch, seed)
  const prepared = preparation(settings, encoder.featureSize)
  const standardisation = await standardisationFor(context, prepared)
  if (!standardisation) return null
  const training = new ProbeTraining(context.engine, {
    ...{ classes: classes.length, weightDecay: settings.weightDecay, standardisation },
  })
  const perEpoch = stepsPerEpoch({ videos: videos.train.length, ...config })
  const steps = settings.epochs * perEpoch
  const reporter = context.phase(TRAINING, 'steps', steps)
  const warn = (message: string): void => context.warn(message)
  const loader = new ClipLoader(videos.train, config, warn, { views: 1 })
  let step = 0
  try {
    for await (const batch of loader.batches(0, steps)) {
      const features = prepared(encode(encoder, batch.views[0], config))
      const labels = Array.from(batch.videos, (position) => videos.train[position].label)
      const at = { step, steps, epoch: Math.floor(step / perEpoch) }
      const probeLoss = training.step(features, labels, probeLearningRate(settings, at))
      reporter.advance(++step, { probeLoss })
      if (!(await context.breathe())) return null
    }
    reporter.flush()
    const { probe } = training
    const classify: ClassifyClips = (features) => applyLinearProbe(probe, prepared(features))
    return { classify, videos: videos.train.length }
  } finally {
    await loader.close()
    training.dispose()
  }
}

/** By the features of the clips that are spread over each training video. */
async function standardisationFor(
  context: EvaluationContext,
  prepared: (features: Float32Array) => Float32Array,
): Promise<Standardisation | null> {
  const { standardise } = context.job.settings
  if (standardise === 'none') return unchanged(context.encoder.featureSize)
  const train = await context.allFeatures('train')
  if (!train) return null
  return standardisationOf({ features: prepared(train.features), size: train.size }, standardise)
}

/** Crops and flips alone: colours stay as they are. */
function trainingConfig(config: PretrainConfig, batch: number, seed: number): PretrainConfig {
  const views = { ...REFERENCE_CROPS, ...CLASSIFIER_VIEWS, grayscale: 0, jitter: 0 }
  return { ...config, ...views, balanced: false, merge: 'none', batch, seed }
}
