import type { ClassifyClips } from '../../evaluation/classify.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import type { ClipFeatures } from '../../evaluation/features.ts'
import type { PlannedPhase } from '../../evaluation/work-plan.ts'
import { applyLinearProbe, preparation, trainLinearProbe } from './linear-probe.ts'
import { TRAINING } from './random-clips.ts'

/** What an epoch costs for each clip, in clips through the encoder. */
const EPOCH = 0.0003

/** The work of `trainProbe`, with the features that it needs. */
export function probePlan(context: EvaluationContext): PlannedPhase[] {
  const clips = context.videos.train.length * context.clips
  const work = EPOCH * context.job.settings.epochs * clips
  return [context.encoding('train'), { name: TRAINING, work, isGuess: true }]
}

/** Trains the classifier. @returns what answers a video's clips, or null when asked to stop */
export async function trainProbe(
  context: EvaluationContext,
  train: ClipFeatures,
): Promise<ClassifyClips | null> {
  const { classes, settings } = context.job
  const { size } = train
  const prepared = preparation(settings, size)
  const reporter = context.phase(TRAINING, 'epochs', settings.epochs)
  const probe = await trainLinearProbe(
    context.engine,
    { features: prepared(train.features), labels: clipLabels(train), size },
    {
      ...settings,
      classes: classes.length,
      seed: context.seed,
      onEpoch: async (epoch, loss) => {
        reporter.advance(epoch, { probeLoss: loss })
        return context.breathe()
      },
    },
  )
  reporter.flush()
  return probe && ((features) => applyLinearProbe(probe, prepared(features)))
}

/** The class of each clip, [videos * K]. */
function clipLabels({ videos, clips }: ClipFeatures): Int32Array {
  return Int32Array.from({ length: videos.length * clips }, (_, i) => {
    return videos[Math.floor(i / clips)].label
  })
}
