import type { ClassifyClips } from '../../evaluation/classify.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import type { ClipFeatures } from '../../evaluation/features.ts'
import type { PlannedPhase } from '../../evaluation/work-plan.ts'
import { applyLinearProbe, preparation, trainLinearProbe } from './linear-probe.ts'
import { TRAINING } from './random-clips.ts'

/** What an epoch costs for each clip, in clips through the encoder. */
const EPOCH = 0.0003

/** The work of `trainProbes`, with the features that it needs. */
export function probePlan(context: EvaluationContext): PlannedPhase[] {
  const clips = context.draws.flat().length * context.clips
  const work = EPOCH * context.job.settings.epochs * clips
  return [context.encoding('train'), { name: TRAINING, work, isGuess: true }]
}

/**
 * Trains a classifier for each draw of labels, one after the other.
 * @param draws features of the videos of each
 * @returns what answers a video's clips, one a draw, or null when asked to stop
 */
export async function trainProbes(
  context: EvaluationContext,
  draws: readonly ClipFeatures[],
): Promise<ClassifyClips[] | null> {
  const { classes, settings } = context.job
  const { epochs } = settings
  const reporter = context.phase(TRAINING, 'epochs', draws.length * epochs)
  const classifiers: ClassifyClips[] = []
  for (const [draw, train] of draws.entries()) {
    const { size } = train
    const prepared = preparation(settings, size)
    const probe = await trainLinearProbe(
      context.engine,
      { features: prepared(train.features), labels: clipLabels(train), size },
      {
        ...settings,
        classes: classes.length,
        seed: context.seed,
        onEpoch: async (epoch, loss) => {
          reporter.advance(draw * epochs + epoch, { probeLoss: loss })
          return context.breathe()
        },
      },
    )
    if (!probe) return null
    classifiers.push((features) => applyLinearProbe(probe, prepared(features)))
  }
  reporter.flush()
  return classifiers
}

/** `trainProbes` of a single draw. */
export async function trainProbe(
  context: EvaluationContext,
  train: ClipFeatures,
): Promise<ClassifyClips | null> {
  const classifiers = await trainProbes(context, [train])
  return classifiers && classifiers[0]
}

/** The class of each clip, [videos * K]. */
function clipLabels({ videos, clips }: ClipFeatures): Int32Array {
  return Int32Array.from({ length: videos.length * clips }, (_, i) => {
    return videos[Math.floor(i / clips)].label
  })
}
