import { nearestRows, rankOfOwnClass } from '#shared/metrics/retrieval.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import {
  comparedVideos,
  comparisonPlan,
  keptNeighbours,
  trainingNeighbours,
} from './neighbours/neighbours.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { KEPT_CLASSES, PredictionWriter, round } from '../evaluation/predictions.ts'
import { ScoreTally } from '../evaluation/score-tally.ts'

const RETRIEVED = [1, 5, 10, 20, 50]

export const retrieval: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  return comparisonPlan(context, context.job.settings.centring)
}

/**
 * Retrieval: the training videos nearest to each test video by the cosine of mean-centred features,
 * averaged over clips. R@k counts test videos with one of their class among the k nearest.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { centring, unitClips } = context.job.settings
  const train = await trainingNeighbours(context, { centring, unitClips })
  if (!train) return null
  const { labels } = train
  const names = RETRIEVED.map((k) => `R@${k}`)
  const tally = new ScoreTally(context.job.classes.length, names)
  const predictions = new PredictionWriter(context.job.outputs)
  try {
    for await (const { video, similarities } of comparedVideos(context, train)) {
      const { label: truth, id = 0 } = video
      const rows = nearestRows(similarities, RETRIEVED[RETRIEVED.length - 1])
      const rank = rankOfOwnClass(similarities, labels, truth)
      tally.add({ truth, predicted: labels[rows[0]], hits: RETRIEVED.map((k) => rank < k) })
      const near = keptNeighbours(train, similarities, rows)
      predictions.add({ video: id, truth, top: nearestClasses(labels, similarities, rows), near })
      context.partial(() => {
        predictions.flush()
        return tally.partial(context.videos.test.length)
      })
    }
  } finally {
    predictions.close()
  }
  if (context.stopRequested) return null
  const counts = { trainVideos: train.videos.length, testVideos: tally.videos }
  return { ...tally.found(), ...counts }
}

/** Classes in the order of their nearest video, with its cosine. */
function nearestClasses(
  labels: ArrayLike<number>,
  similarities: Float32Array,
  rows: readonly number[],
): PredictionLine['top'] {
  const first = new Map<number, number>()
  for (const row of rows) {
    if (!first.has(labels[row])) first.set(labels[row], similarities[row])
  }
  const classes = [...first].slice(0, KEPT_CLASSES)
  return classes.map(([label, similarity]) => [label, round(similarity)])
}
