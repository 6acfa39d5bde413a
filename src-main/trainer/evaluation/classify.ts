import { predictedClasses, rankOfClass } from '#shared/metrics/accuracy.ts'
import type { EvaluationContext } from './context.ts'
import { meanOverClips } from './features.ts'
import { PredictionWriter, topClasses } from './predictions.ts'
import { ScoreTally, type Answer } from './score-tally.ts'
import type { PlannedPhase } from './work-plan.ts'

/** Logits of the clips of one video, [K clips, classes], from their features [K clips, C]. */
export type ClassifyClips = (features: Float32Array) => Float32Array

const SCORING = 'Scoring the test videos'

export function scoringPlan(context: EvaluationContext): PlannedPhase {
  return context.encoding('test', SCORING)
}

/**
 * Scores the test videos one by one, each by the mean of its clips' logits, and writes down what is
 * answered.
 * @returns null when asked to stop
 */
export async function classifyTestVideos(
  context: EvaluationContext,
  classify: ClassifyClips,
): Promise<ScoreTally | null> {
  const { classes, outputs } = context.job
  const tally = new ScoreTally(classes.length, ['top1', 'top5', 'clipTop1'])
  const predictions = new PredictionWriter(outputs)
  try {
    for await (const { video, features } of context.features('test', SCORING)) {
      const { label: truth, id = 0 } = video
      const clips = classify(features)
      const mean = meanOverClips({ features: clips, clips: context.clips, size: classes.length })
      tally.add(answerTo(truth, clips, mean))
      predictions.add({ video: id, truth, top: topClasses(mean) })
      context.partial(() => {
        predictions.flush()
        return tally.partial(context.videos.test.length)
      })
    }
  } finally {
    predictions.close()
  }
  return context.stopRequested ? null : tally
}

/** @param clips logits of each clip @param mean over them */
function answerTo(truth: number, clips: Float32Array, mean: Float32Array): Answer {
  const classes = mean.length
  const rank = rankOfClass(mean, truth)
  const count = clips.length / classes
  let right = 0
  for (let k = 0; k < count; k++) {
    if (rankOfClass(clips.subarray(k * classes, (k + 1) * classes), truth) === 0) right++
  }
  const [predicted] = predictedClasses(mean, classes)
  return { truth, predicted, hits: [rank < 1, rank < 5, right / count] }
}
