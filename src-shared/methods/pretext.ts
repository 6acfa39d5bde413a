/** What methods share that ask the encoder a question about clips and know the answer. */
import { chanceLoss, standardErrorOfShare } from '../metrics/chance.ts'
import type { ChartKind, MetricKind } from '../metrics/catalogue.ts'
import { HEALTH_SMOOTHING, type HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { formatCount, formatNumber } from '../text/numbers.ts'
import { CALCULATED } from './healthy.ts'

/** Standard errors that an accuracy must be away from chance. */
const ERRORS = 3

/** Part of the features that is left out before the layer that answers. */
export const dropoutSetting = {
  type: 'number',
  label: 'Dropout',
  meaning: 'Part of the features that is left out at random before the last layer of the head',
  group: 'model',
  min: 0,
  max: 0.9,
  default: 0,
} as const satisfies PretrainTable[string]

/** @param question what the encoder must tell, such as `by which of 4 turns a clip is turned` */
export function pretextMetrics(
  question: string,
): Record<'loss' | 'pretext' | 'chance', MetricKind> {
  return {
    loss: {
      label: 'Loss',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      meaning: `Cross-entropy of the answers: ${question}`,
    },
    pretext: {
      label: 'Accuracy',
      print: 'percent',
      source: 'measured',
      better: 'high',
      meaning: `Share of right answers: ${question}. Compare it with chance`,
    },
    chance: {
      label: 'Chance',
      print: 'percent',
      source: 'schedule',
      meaning:
        'Share of right answers of an encoder that guesses: 1 divided by the number of answers',
    },
  }
}

export const pretextCharts: readonly ChartKind[] = [
  { name: 'loss', title: 'Loss', metrics: ['loss'] },
  { name: 'pretext', title: 'Pretext accuracy', metrics: ['pretext', 'chance'], min: 0, max: 1 },
]

/**
 * Ranges of `loss` and `pretext`.
 * @param classes possible answers, all equally frequent
 * @param questions of a step
 * @param remedy a sentence for an encoder that does no better than chance
 */
export function pretextChecks(
  { classes, questions }: { classes: number; questions: number },
  remedy: string,
): HealthCheck[] {
  const chance = 1 / classes
  const error = standardErrorOfShare(chance, questions, HEALTH_SMOOTHING)
  const loss = chanceLoss(classes - 1)
  return [
    {
      metric: 'pretext',
      min: chance + ERRORS * error,
      marks: [{ value: chance, label: 'chance' }],
      reason: `A guess is right in ${formatNumber(100 * chance)} % of cases, 1 of ${formatCount(classes)}. The range begins ${ERRORS} standard errors of the mean of the latest steps above that.`,
      source: CALCULATED,
      below: `The answers are no better than guesses. ${remedy}`,
    },
    {
      metric: 'loss',
      max: loss,
      marks: [{ value: loss, label: 'chance' }],
      reason: `If all ${formatCount(classes)} answers are equally likely to the network, the loss is log ${formatCount(classes)}: ${formatNumber(loss)}.`,
      source: CALCULATED,
      above: `The loss is above ${formatNumber(loss)}, which equal answers would give. ${remedy}`,
    },
  ]
}
