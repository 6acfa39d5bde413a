import { classifyTestVideos, scoringPlan, type ClassifyClips } from '../evaluation/classify.ts'
import type { EvaluationContext, Outcome, PlanProtocol } from '../evaluation/context.ts'
import type { ClipFeatures } from '../evaluation/features.ts'
import { applyLinearProbe, preparation, trainLinearProbe } from './linear/linear-probe.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import { randomClipsPlan, TRAINING, trainOnRandomClips } from './linear/random-clips.ts'

/** A classifier that answers a video's clips, and how many videos it was trained on. */
interface Trained {
  classify: ClassifyClips
  videos: number
}

/** What an epoch costs for each clip, in clips through the encoder. */
const EPOCH = 0.0003

/** The work of `trainProbe`, with the features that it needs. */
export function probePlan(context: EvaluationContext): PlannedPhase[] {
  const clips = context.videos.train.length * context.clips
  const work = EPOCH * context.job.settings.epochs * clips
  return [context.encoding('train'), { name: TRAINING, work, isGuess: true }]
}

export const linearPlan: PlanProtocol = (context) => {
  const isAugmented = context.job.settings.trainClips === 'augmented'
  const training = isAugmented ? randomClipsPlan(context) : probePlan(context)
  return [...training, scoringPlan(context)]
}

/**
 * Linear probe: a linear classifier on frozen clip features; a test video is scored by the mean of
 * its clips' logits.
 * @returns null when asked to stop
 */
export async function linear(context: EvaluationContext): Promise<Outcome | null> {
  const isAugmented = context.job.settings.trainClips === 'augmented'
  const trained = await (isAugmented ? trainOnRandomClips(context) : trainOnSameClips(context))
  const tally = trained && (await classifyTestVideos(context, trained.classify))
  if (!tally) return null
  const counts = { trainVideos: trained.videos, testVideos: tally.videos }
  return { ...tally.found(), ...counts }
}

async function trainOnSameClips(context: EvaluationContext): Promise<Trained | null> {
  const train = await context.allFeatures('train')
  const classify = train && (await trainProbe(context, train))
  return classify && { classify, videos: train.videos.length }
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
