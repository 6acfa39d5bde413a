import { videosOfStep } from '../config/steps.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import {
  equalViews,
  mlpSettings,
  pairMetrics,
  pairCharts,
  projectionSettings,
  rhoSetting,
} from './contrastive.ts'
import { pairChecks, spreadCheck } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'
import { slowfastKinetics } from './kinetics-recipe.ts'

export const byolSettings = {
  projectionSize: { ...projectionSettings.projectionSize, default: 256 },
  ...mlpSettings,
  hiddenSize: { ...mlpSettings.hiddenSize, default: 4096 },
  headNorm: { ...mlpSettings.headNorm, default: 'hidden' },
  rho: rhoSetting,
  targetMomentum: {
    type: 'number',
    label: 'Target momentum m',
    meaning: 'EMA update of the target network: target = m * target + (1 - m) * online',
    group: 'method',
    min: 0,
    max: 1,
    default: 0.996,
  },
  targetMomentumSchedule: {
    type: 'choice',
    label: 'Target momentum over time',
    meaning: 'cosine raises the target momentum from its value to 1 over the run',
    group: 'method',
    choices: ['constant', 'cosine'],
    default: 'cosine',
  },
} as const satisfies PretrainTable

/** Few steps: the target follows sooner. Heads as wide as the narrow encoder's features. */
const SAMPLE: Values = {
  projectionSize: 64,
  hiddenSize: 0,
  targetMomentum: 0.95,
  decayVectors: false,
}

/** BYOL (Grill et al., NeurIPS 2020) on the clips of videos: no negatives, a target network. */
export const byol = defineMethod({
  label: 'BYOL',
  sharesBatches: true,
  meaning:
    'Predicts the embedding that a moving average of the network gives the other clip, without negatives (Grill et al., NeurIPS 2020)',
  views: ({ rho }) => equalViews(rho),
  settings: byolSettings,
  fault: () => null,
  metrics: pairMetrics({
    loss: 'Squared distance of predictions and targets at unit length, from 0 to 4. It falls whether the run learns or collapses: look at the spread',
    positive:
      'Mean cosine similarity of the prediction from a clip and the target of another clip of its video',
    spread: 'the projections before the predictor',
  }),
  charts: pairCharts,
  health: (config) => [
    spreadCheck(
      'Start again with a lower learning rate, a target momentum nearer to 1, or batch norm in the head.',
    ),
    ...pairChecks({
      videos: videosOfStep(config),
      dimension: config.projectionSize,
      lossOf: { formula: '2 - 2c', at: (cosine) => 2 - 2 * cosine },
    }),
  ],
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return recipe === 'kinetics' ? slowfastKinetics(0.6, size) : {}
  },
  paper: () => null,
  older: {},
})
