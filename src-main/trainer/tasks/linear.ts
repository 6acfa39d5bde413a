import { classifyTestVideos, scoringPlan, type ClassifyClips } from '../evaluation/classify.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { someVideos, type ClipFeatures } from '../evaluation/features.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import { randomClipsPlan, trainOnRandomClips } from './linear/random-clips.ts'
import { probePlan, trainProbes } from './linear/train-probe.ts'

/** Classifiers that answer a video's clips in a stream, one a draw of labels, and how many videos each saw. */
interface Trained {
  classifiers: ClassifyClips[]
  videos: number
}

export const linear: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  const isAugmented = context.job.settings.trainClips === 'augmented'
  const training = context.ofEachStream(isAugmented ? randomClipsPlan : probePlan)
  return [...training, scoringPlan(context)]
}

/**
 * Linear probe: a linear classifier on frozen clip features; a test video is scored by the mean over
 * its clips, in all streams together. Where labels are drawn several times, every test video passes through the encoder once
 * and all classifiers answer it.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const isAugmented = context.job.settings.trainClips === 'augmented'
  const trained: Trained[] = []
  for (const stream of context.streams) {
    const one = await (isAugmented ? trainOnRandomClips(stream) : trainOnSameClips(stream))
    if (!one) return null
    trained.push(one)
  }
  const ofDraws = context.draws.map((_, draw) => trained.map((one) => one.classifiers[draw]))
  const tally = await classifyTestVideos(context, ofDraws)
  if (!tally) return null
  const trainVideos = Math.min(...trained.map(({ videos }) => videos))
  return { ...tally.found(), trainVideos, testVideos: tally.videos }
}

async function trainOnSameClips(context: EvaluationContext): Promise<Trained | null> {
  const train = await context.allFeatures('train')
  const draws = train && featuresOfDraws(context, train)
  const classifiers = draws && (await trainProbes(context, draws))
  return classifiers && { classifiers, videos: draws[0].videos.length }
}

/** @param train features of all drawn videos */
function featuresOfDraws({ draws }: EvaluationContext, train: ClipFeatures): ClipFeatures[] {
  return draws.length === 1 ? [train] : draws.map((videos) => someVideos(train, videos))
}
