/** Healthy ranges that several methods share; each follows from the run's settings. */
import type { PretrainConfig } from '../config/pretrain-config.ts'
import { videosOfStep } from '../config/steps.ts'
import {
  chanceLoss,
  chanceOfTop,
  meanCosineAtSpread,
  standardErrorOfCosine,
  standardErrorOfShare,
} from '../metrics/chance.ts'
import { HEALTH_SMOOTHING, type HealthCheck, type HealthFacts } from '../metrics/health.ts'
import { formatCount, formatNumber } from '../text/numbers.ts'

/** Below it, embeddings of different videos are hardly told apart. */
const LEAST_SPREAD = 0.1

/** Standard errors that a mean must be away from chance. */
const ERRORS = 3

/** Follows from the formula that is given. */
export const CALCULATED = 'By calculation'

/** A metric that has no range, and why not. @param reason a sentence */
export function withoutRange(metric: string, reason: string): HealthCheck {
  return { metric, reason, source: CALCULATED }
}

/** Collapse, as all of these methods measure it. @param remedy a sentence */
export function spreadCheck(remedy: string): HealthCheck {
  const cosine = meanCosineAtSpread(LEAST_SPREAD)
  return {
    metric: 'spread',
    min: LEAST_SPREAD,
    marks: [{ value: 1, label: 'even' }],
    reason: `At unit length, d numbers that are spread evenly have a standard deviation of 1/√d each, which is a spread of 1. A mean cosine c between videos limits the spread to √(1 - c), so the spread can only be ${LEAST_SPREAD} or more while the mean cosine is at most ${cosine}. Embeddings that use evenly only r of the d directions have a spread of √(r/d), which is ${LEAST_SPREAD} when they use one direction in a hundred.`,
    source: 'Chen and He, CVPR 2021, section 4.1; the limits by calculation',
    below: `The embeddings have collapsed: those of different videos are almost the same (spread below ${LEAST_SPREAD}). In the first tenth of a run this may pass by itself; where it lasts, the loss teaches the encoder little. ${remedy}`,
  }
}

/** What a contrastive loss tells a positive from. */
export interface Contrast {
  /** Negatives of each positive. */
  negatives: number
  /** Different videos of a step. */
  videos: number
  /**
   * Negatives that are of a clip's own video, in the mean: keys that older steps left in the queue, or
   * clips of the video's other places in the batch.
   */
  ownKeys: number
  /** Directions whose losses are added. Default 1. */
  directions?: number
}

/** Of a method whose negatives are a queue with one entry for each clip that goes through it. */
export function queueContrast(
  config: { queue: number } & Pick<PretrainConfig, 'batch' | 'accumulate' | 'repeats'>,
  { videos }: HealthFacts,
): Contrast {
  const { queue } = config
  return { negatives: queue, videos: videosOfStep(config), ownKeys: queue / videos }
}

/**
 * Of a method whose negatives are the batch, where the other places of a video count as other videos.
 * @param clips negatives that each place gives
 */
export function batchContrast(
  config: Pick<PretrainConfig, 'batch' | 'accumulate' | 'repeats'>,
  clips: number,
): Contrast {
  const { batch, repeats } = config
  return {
    negatives: clips * (batch - 1),
    videos: videosOfStep(config),
    ownKeys: clips * (repeats - 1),
  }
}

/** Ranges of `loss`, `accuracy`, `positive` and `negative`. */
export function contrastChecks(contrast: Contrast): HealthCheck[] {
  return [
    lossCheck(contrast),
    topCheck({ metric: 'accuracy', k: 1 }, contrast),
    {
      metric: 'positive',
      min: { metric: 'negative' },
      marks: [{ value: 1, label: 'same' }],
      reason:
        'A positive must be more similar than the negatives, or else it has less than its share of the softmax.',
      source: CALCULATED,
      below:
        'Clips of the same video are less similar than clips of different videos, so the loss does not pull positives together. Check the data for videos that change completely within their length, and shorten the interval between clips.',
    },
    {
      metric: 'negative',
      max: meanCosineAtSpread(LEAST_SPREAD),
      marks: [{ value: 0, label: 'independent' }],
      reason: `Independent directions have a mean cosine of 0. With a mean cosine c, the spread is at most √(1 - c), which falls to the limit of collapse, ${LEAST_SPREAD}, at ${meanCosineAtSpread(LEAST_SPREAD)}.`,
      source: CALCULATED,
      above:
        'Clips of different videos are almost the same to the encoder, which means collapse. Start again with a lower learning rate.',
    },
  ]
}

function lossCheck({ negatives, directions = 1 }: Contrast): HealthCheck {
  const chance = directions * chanceLoss(negatives)
  const factor = directions === 1 ? '' : `${directions} · `
  return {
    metric: 'loss',
    max: chance,
    marks: [{ value: chance, label: 'chance' }],
    reason: `If all similarities are equal, a positive has 1 of K + 1 shares of the softmax, and the loss is ${factor}log(K + 1): ${formatNumber(chance)} for K = ${formatCount(negatives)} negatives.`,
    source: 'Chen et al., ICML 2020, equation 1; He et al., CVPR 2020, equation 1',
    above: `The loss is above ${formatNumber(chance)}, which equal similarities would give, so the encoder is worse than chance. Start again with a lower learning rate or a longer warm-up.`,
  }
}

/** Range of the share of clips whose positive is among the `k` most similar. */
export function topCheck(
  { metric, k }: { metric: string; k: number },
  { negatives, videos, ownKeys }: Contrast,
): HealthCheck {
  const chance = chanceOfTop(k, negatives)
  const source = CALCULATED
  const place = k === 1 ? 'in first place' : `among the first ${k}`
  if (ownKeys >= k || chance === 1) {
    const why =
      chance === 1
        ? `With ${formatCount(negatives)} negatives, every positive is among the ${k} most similar.`
        : `${formatNumber(ownKeys)} of the negatives are of the same video in the mean, and may be as similar as the positive. A good encoder therefore need not have it ${place}.`
    return { metric, reason: why, source }
  }
  const error = standardErrorOfShare(chance, videos, HEALTH_SMOOTHING)
  return {
    metric,
    min: chance + ERRORS * error,
    marks: [{ value: chance, label: 'chance' }],
    reason: `If the positive and its K = ${formatCount(negatives)} negatives are in random order, the positive is ${place} in ${formatNumber(100 * chance)} % of cases. The range begins ${ERRORS} standard errors of the mean of the latest steps above that.`,
    source,
    below:
      'Positives are found no more often than by chance. Start again with a lower learning rate, or change clips less: with a larger smallest crop or weaker jitter.',
  }
}

/** Ranges of `loss` and `positive` of methods that bring clips together without negatives. */
export function pairChecks({
  videos,
  dimension,
  lossOf,
}: {
  videos: number
  dimension: number
  /** The loss at a mean cosine, and how that is written. */
  lossOf: { formula: string; at: (cosine: number) => number }
}): HealthCheck[] {
  const error = standardErrorOfCosine({ count: videos, dimension }, HEALTH_SMOOTHING)
  const least = ERRORS * error
  const chance = lossOf.at(0)
  const remedy =
    'Start again with another learning rate, or let the run go on: without negatives, the first epochs change little.'
  return [
    {
      metric: 'loss',
      max: lossOf.at(least),
      marks: [{ value: chance, label: 'chance' }],
      reason: `The loss is ${lossOf.formula} for the mean cosine c of predictions and targets, which is 0 for independent directions: ${formatNumber(chance)}. The range begins ${ERRORS} standard errors below. It has no lower end, because the loss of a collapsed run is also low.`,
      source: CALCULATED,
      above: `The predictions are no closer to their targets than independent directions are. ${remedy}`,
    },
    {
      metric: 'positive',
      min: least,
      marks: [{ value: 0, label: 'chance' }],
      reason: `Two independent directions of d = ${formatCount(dimension)} numbers have a cosine of 0 with a standard deviation of 1/√d. The range begins ${ERRORS} standard errors of the mean of the latest steps above 0.`,
      source: CALCULATED,
      below: `The predictions are no closer to their targets than independent directions are. ${remedy}`,
    },
  ]
}
