import type { PretrainTable } from '../settings/pretraining.ts'
import {
  contrastiveCharts,
  equalViews,
  mlpSettings,
  projectionSettings,
  rhoSetting,
  spreadCheck,
  spreadMetric,
  temperatureSetting,
} from './contrastive.ts'
import { slowfastKinetics } from './kinetics-recipe.ts'
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
  meaning:
    'Predicts the assignment of the other clip to learned prototypes (Caron et al., NeurIPS 2020)',
  views: ({ rho }) => equalViews(rho),
  settings: swavSettings,
  fault: () => null,
  metrics: {
    loss: {
      label: 'Loss',
      print: 'number',
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
  health: [
    {
      metric: 'assignmentEntropy',
      min: 0.1,
      sentence:
        'The assignments have collapsed: almost all clips have the same prototype, so the encoder learns nothing. Start again with a lower learning rate, a smaller Sinkhorn ε, or more epochs with frozen prototypes.',
    },
    spreadCheck(
      'Start again with a lower learning rate, a smaller Sinkhorn ε, or batch norm in the head.',
    ),
  ],
  scoredFrom: () => 1,
  recipe(recipe) {
    if (recipe === 'sample') return SAMPLE
    return recipe === 'kinetics' ? slowfastKinetics(0.6) : {}
  },
  paper: () => null,
  older: {},
})
