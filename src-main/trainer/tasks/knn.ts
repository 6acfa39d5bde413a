import { rankOfClass } from '#shared/metrics/accuracy.ts'
import { neighbourVotes, nearestRows } from '#shared/metrics/retrieval.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import {
  comparedVideos,
  comparisonPlan,
  keptNeighbours,
  trainingNeighbours,
} from './neighbours/neighbours.ts'
import { KEPT_NEIGHBOURS, PredictionWriter, topShares } from '../evaluation/predictions.ts'
import { ScoreTally } from '../evaluation/score-tally.ts'

export const knn: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  return comparisonPlan(context, 'none')
}

/**
 * Weighted nearest neighbours (Wu et al., CVPR 2018): the k training videos nearest by the cosine of
 * features averaged over clips vote for their class, each with weight exp(cosine / temperature).
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const { k, temperature } = context.job.settings
  const { length: classes } = context.job.classes
  const train = await trainingNeighbours(context, { centring: 'none', unitClips: false })
  if (!train) return null
  const tally = new ScoreTally(classes, ['top1', 'top5'])
  const predictions = new PredictionWriter(context.job.outputs)
  try {
    for await (const { video, similarities } of comparedVideos(context, train)) {
      const { label: truth, id = 0 } = video
      const rows = nearestRows(similarities, Math.max(k, KEPT_NEIGHBOURS))
      const voters = { similarities, labels: train.labels, rows: rows.slice(0, k) }
      const votes = neighbourVotes(voters, { classes, temperature })
      const rank = votes[truth] > 0 ? rankOfClass(votes, truth) : Infinity
      const top = topShares(votes)
      tally.add({ truth, predicted: top[0][0], hits: [rank < 1, rank < 5] })
      const near = keptNeighbours(train, similarities, rows)
      predictions.add({ video: id, truth, top: top.filter(([, share]) => share > 0), near })
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
