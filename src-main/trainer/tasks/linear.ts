import { classifyTestVideos, scoringPlan, type ClassifyClips } from '../evaluation/classify.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import { randomClipsPlan, trainOnRandomClips } from './linear/random-clips.ts'
import { probePlan, trainProbe } from './linear/train-probe.ts'

/** A classifier that answers a video's clips, and how many videos it was trained on. */
interface Trained {
  classify: ClassifyClips
  videos: number
}

export const linear: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  const isAugmented = context.job.settings.trainClips === 'augmented'
  const training = isAugmented ? randomClipsPlan(context) : probePlan(context)
  return [...training, scoringPlan(context)]
}

/**
 * Linear probe: a linear classifier on frozen clip features; a test video is scored by the mean of
 * its clips' logits.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
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
