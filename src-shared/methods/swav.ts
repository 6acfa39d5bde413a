import { evenAssignmentEntropy } from '../metrics/chance.ts'
import type { HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { formatCount, formatNumber } from '../text/numbers.ts'
import {
  contrastiveCharts,
  equalViews,
  mlpSettings,
  projectionSettings,
  rhoSetting,
  spreadMetric,
  temperatureSetting,
} from './contrastive.ts'
import { slowfastKinetics } from './kinetics-recipe.ts'
import { spreadCheck } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'

export const swavSettings = {
  projectionSize: projectionSettings.projectionSize,
  ...mlpSettings,
  headLayers: { ...mlpSettings.headLayers, default: 3 },
  hiddenSize: { ...mlpSettings.hiddenSize, default: 2048 },
  headNorm: { ...mlpSettings.headNorm, default: 'hidden' },
  rho: rhoSetting,
  temperature: temperatureSetting,
  prototypes: {
    type: 'int',
    label: 'Prototypes',
    meaning: 'Learned directions that clips are assigned to; about ten times the expected classes',
    group: 'method',
    min: 2,
    max: 100_000,
    default: 1000,
  },
  frozenEpochs: {
    type: 'int',
    label: 'Prototypes frozen',
    meaning: 'Epochs at the start in which the prototypes are not trained',
    group: 'method',
    unit: 'epochs',
    min: 0,
    max: 10_000,
    default: 1,
  },
  sinkhornEpsilon: {
    type: 'number',
    label: 'Sinkhorn ε',
    meaning: 'Smoothness of the codes: smaller gives each clip fewer prototypes',
    group: 'method',
    min: 0.01,
    max: 10,
    default: 0.05,
  },
  sinkhornRounds: {
    type: 'int',
    label: 'Sinkhorn rounds',
    meaning: 'How often codes are balanced over prototypes and clips',
    group: 'method',
    min: 1,
    max: 100,
    default: 3,
  },
  codeQueue: {
    type: 'int',
    label: 'Queue of embeddings',
    meaning:
      'Number of earlier embeddings per view that are balanced together with the batch. Use it if a batch has fewer clips than there are prototypes; 0 turns it off',
    group: 'method',
    unit: 'clips',
    min: 0,
    max: 1_048_576,
    default: 0,
  },
  codeQueueFrom: {
    type: 'int',
    label: 'Queue used from',
    meaning: 'Epochs after which the queue of embeddings takes part, once it is full',
    group: 'method',
    unit: 'epochs',
    min: 0,
    max: 10_000,
    default: 15,
  },
} as const satisfies PretrainTable

/** Fewer prototypes than a batch has clips, so that codes can be balanced within it. */
const SAMPLE: Values = { projectionSize: 64, hiddenSize: 0, headLayers: 2, prototypes: 30 }

/** SwAV (Caron et al., NeurIPS 2020) on the clips of videos. */
export const swav = defineMethod({
  label: 'SwAV',
  sharesBatches: true,
  meaning:
    'Predicts the assignment of the other clip to learned prototypes (Caron et al., NeurIPS 2020)',
  views: ({ rho }) => equalViews(rho),
  settings: swavSettings,
  fault: () => null,
  metrics: {
    loss: {
      label: 'Loss',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      meaning:
        'Cross-entropy of each clip’s prediction and the codes of the other clips of its video. It starts near the logarithm of the number of prototypes, and stays there where the run has collapsed',
    },
    assignmentEntropy: {
      label: 'Assignments',
      print: 'percent',
      source: 'measured',
      better: 'high',
      meaning:
        'Entropy of the nearest prototypes of the clips in a batch, as a share of the largest possible. Healthy runs stay above a half; 0 means that all clips have one prototype: collapse',
    },
    spread: spreadMetric('the embeddings'),
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss'] },
    ...contrastiveCharts.filter(({ name }) => name === 'spread'),
    {
      name: 'assignments',
      title: 'Entropy of assignments',
      metrics: ['assignmentEntropy'],
      min: 0,
      max: 1,
    },
  ],
  health: ({ rho, batch, prototypes }) => [
    assignmentCheck(rho * batch, prototypes),
    spreadCheck(
      'Start again with a lower learning rate, a smaller Sinkhorn ε, or batch norm in the head.',
    ),
    {
      metric: 'loss',
      max: Math.log(prototypes),
      marks: [{ value: Math.log(prototypes), label: 'chance' }],
      reason: `A prediction that gives all K prototypes the same share has a cross-entropy of log K with any code: ${formatNumber(Math.log(prototypes))} for K = ${formatCount(prototypes)}.`,
      source: 'Caron et al., NeurIPS 2020, equation 2',
      above:
        'The predictions of the codes are worse than equal shares. Start again with a lower learning rate, or with more epochs with frozen prototypes.',
    },
  ],
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return recipe === 'kinetics' ? slowfastKinetics(0.6, size) : {}
  },
  paper: () => null,
  older: {},
})

/** Half of the largest entropy: as if the clips shared √m of the m prototypes that they can have. */
const LEAST_ENTROPY = 0.5

/** @param clips of a micro-batch */
function assignmentCheck(clips: number, prototypes: number): HealthCheck {
  const most = Math.min(clips, prototypes)
  const even = evenAssignmentEntropy(clips, prototypes)
  return {
    metric: 'assignmentEntropy',
    min: LEAST_ENTROPY,
    marks: [{ value: even, label: 'even' }],
    reason: `A share e of the largest entropy is that of m^e prototypes that share the clips evenly. Of m = ${formatCount(most)}, at ${LEAST_ENTROPY}, these are ${formatNumber(Math.sqrt(most))}. Clips that choose at random have ${formatNumber(100 * even)} %.`,
    source:
      'Caron et al., NeurIPS 2020, section 3.1 (codes share the clips equally); the numbers by calculation',
    below:
      'The clips share few prototypes; near 0 %, the assignments have collapsed and the encoder learns nothing. Start again with a lower learning rate, a smaller Sinkhorn ε, or more epochs with frozen prototypes.',
  }
}
