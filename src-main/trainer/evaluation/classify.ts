import { predictedClasses, rankOfClass } from '#shared/metrics/accuracy.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import type { EvaluationContext } from './context.ts'
import { DrawTally } from './draw-tally.ts'
import { meanOverClips } from './features.ts'
import { PredictionWriter, topClasses, topShares } from './predictions.ts'
import type { Answer } from './score-tally.ts'
import { softmaxRows } from './softmax-rows.ts'
import type { PlannedPhase } from './work-plan.ts'

/** Logits of the clips of one video, [K clips, classes], from their features [K clips, C]. */
export type ClassifyClips = (features: Float32Array) => Float32Array

const SCORING = 'Scoring the test videos'
const SCORES = ['top1', 'top5', 'clipTop1'] as const

export function scoringPlan(context: EvaluationContext, phase = SCORING): PlannedPhase {
  return context.encoding('test', phase)
}

interface ScoringOptions {
  /** What the progress says. */
  phase?: string
  /** Whether what is answered for each video is stored. Default true. */
  isStored?: boolean
}

/**
 * Scores the test videos one by one, each by the mean over its clips, and writes down what the first
 * classifier answers. With several streams, an answer is the mean of their probabilities (Simonyan and
 * Zisserman, NeurIPS 2014; Han et al., NeurIPS 2020).
 * @param classifiers for each draw of labels one a stream
 * @returns null when asked to stop
 */
export async function classifyTestVideos(
  context: EvaluationContext,
  classifiers: readonly (readonly ClassifyClips[])[],
  { phase = SCORING, isStored = true }: ScoringOptions = {},
): Promise<DrawTally | null> {
  const { classes, outputs } = context.job
  const tally = new DrawTally(classes.length, SCORES, classifiers.length)
  const predictions = isStored ? new PredictionWriter(outputs) : null
  try {
    for await (const { video, features } of context.joinedFeatures('test', phase)) {
      const { label: truth, id = 0 } = video
      const answered = classifiers.map((ofDraw) => {
        const logits = ofDraw.map((classify, stream) => classify(features[stream]))
        return answerOf(context, logits, truth)
      })
      tally.add(answered.map(({ answer }) => answer))
      predictions?.add({ video: id, truth, top: answered[0].top() })
      context.partial(() => {
        predictions?.flush()
        return tally.partial(context.videos.test.length)
      })
    }
  } finally {
    predictions?.close()
  }
  return context.stopRequested ? null : tally
}

/** @param streams logits of each clip of a video, [K, classes] in each stream */
function answerOf(
  { job, clips }: EvaluationContext,
  streams: readonly Float32Array[],
  truth: number,
): { answer: Answer; top: () => PredictionLine['top'] } {
  const size = job.classes.length
  const isOfShares = job.settings.average === 'probabilities'
  const means = streams.map((logits) => {
    const averaged = isOfShares ? softmaxRows(logits, size) : logits
    return meanOverClips({ features: averaged, clips, size })
  })
  if (means.length === 1) {
    const [mean] = means
    return {
      answer: answerTo(truth, streams[0], mean),
      top: () => (isOfShares ? topShares(mean) : topClasses(mean)),
    }
  }
  const mean = meanOf(isOfShares ? means : means.map((logits) => softmaxRows(logits, size)))
  const ofClips = meanOf(streams.map((logits) => softmaxRows(logits, size)))
  return { answer: answerTo(truth, ofClips, mean), top: () => topShares(mean) }
}

/** The mean of lists of one length, value by value. */
function meanOf(lists: readonly Float32Array[]): Float32Array {
  return lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i], 0) / lists.length)
}

/** @param clips scores of each clip by class @param mean over them, of logits or of probabilities */
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
