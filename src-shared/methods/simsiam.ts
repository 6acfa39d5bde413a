import { videosOfStep } from '../config/steps.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import {
  equalViews,
  mlpSettings,
  pairCharts,
  pairMetrics,
  projectionSettings,
  rhoSetting,
} from './contrastive.ts'
import { pairChecks, spreadCheck } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'

export const simsiamSettings = {
  projectionSize: { ...projectionSettings.projectionSize, default: 2048 },
  ...mlpSettings,
  headLayers: { ...mlpSettings.headLayers, default: 3 },
  hiddenSize: { ...mlpSettings.hiddenSize, default: 2048 },
  headNorm: { ...mlpSettings.headNorm, default: 'all' },
  predictor: {
    type: 'flag',
    label: 'Prediction head',
    meaning: 'A head of two layers on one side of the loss; the paper’s runs collapse without it',
    group: 'model',
    default: true,
  },
  predictorSize: {
    type: 'int',
    label: 'Predictor’s hidden size',
    meaning: 'Width of the hidden layer of the predictor, a quarter of the projection in the paper',
    group: 'model',
    min: 8,
    max: 8192,
    default: 512,
  },
  constantPredictorRate: {
    type: 'flag',
    label: 'Constant rate of the predictor',
    meaning: 'The predictor’s learning rate follows neither warm-up nor schedule',
    group: 'method',
    default: true,
  },
  stopGradient: {
    type: 'flag',
    label: 'Stop gradient',
    meaning:
      'Let no gradient flow into the projection that is predicted; the paper’s runs collapse without it',
    group: 'method',
    default: true,
  },
  rho: rhoSetting,
} as const satisfies PretrainTable

/** Heads that suit the 128 features of the narrow encoder. */
const SAMPLE: Values = { projectionSize: 128, hiddenSize: 0, predictorSize: 32, lr: 0.05 }

/** SimSiam (Chen and He, CVPR 2021) on the clips of videos: no negatives, no second network. */
export const simsiam = defineMethod({
  label: 'SimSiam',
  sharesBatches: true,
  meaning:
    'Predicts the projection of the other clip, with no negatives and no moving average (Chen and He, CVPR 2021)',
  views: ({ rho }) => equalViews(rho),
  settings: simsiamSettings,
  fault: () => null,
  metrics: pairMetrics({
    loss: 'Negative cosine similarity of predictions and projections, from -1 to 1. It falls to -1 whether the run learns or collapses: look at the spread',
    positive:
      'Mean cosine similarity of the prediction from a clip and the projection of another clip of its video',
    spread: 'the projections before the predictor',
  }),
  charts: pairCharts,
  health: (config) => [
    spreadCheck(
      'Start again with a lower learning rate, and leave the prediction head, the stop gradient and the batch norm in the head on.',
    ),
    ...pairChecks({
      videos: videosOfStep(config),
      dimension: config.projectionSize,
      lossOf: { formula: '-c', at: (cosine) => 0 - cosine },
    }),
  ],
  scoredFrom: () => 1,
  recipe(recipe) {
    if (recipe === 'sample') return SAMPLE
    return { lr: 0.05, lrRule: 'per-256' }
  },
  paper: () => null,
  older: {},
})
