import type { PretrainConfig } from '../config/pretrain-config.ts'
import type { RecipeName } from '../config/recipes.ts'
import { entropyWithShare } from '../metrics/chance.ts'
import type { HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { formatCount, formatNumber } from '../text/numbers.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  equalViews,
  mlpSettings,
  projectionSettings,
  temperatureSetting,
} from './contrastive.ts'
import { batchContrast, CALCULATED, contrastChecks, spreadCheck, topCheck } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'

export const cvrlSettings = {
  projectionSize: projectionSettings.projectionSize,
  ...mlpSettings,
  headLayers: { ...mlpSettings.headLayers, default: 4 },
  hiddenSize: { ...mlpSettings.hiddenSize, default: 2048 },
  headNorm: { ...mlpSettings.headNorm, default: 'hidden' },
  temperature: temperatureSetting,
} as const satisfies PretrainTable

/** Clips that lie near each other are likelier, whatever the data set. */
const CLIPS: Values = { interval: 'decreasing', intervalPower: 1 }

/** Too few steps to learn to disregard colours. Hidden layers as wide as the narrow encoder's features. */
const SAMPLE: Values = {
  ...CLIPS,
  projectionSize: 64,
  headLayers: 2,
  hiddenSize: 0,
  decayVectors: false,
}

/** The asymmetric colours of the authors' code; the paper's text describes symmetric ones. */
const AUGMENTATION: Values = {
  ...CLIPS,
  cropScaleMin: 0.3,
  cropAspectMin: 0.5,
  jitterBrightness: 0.8,
  jitterContrast: 0.8,
  jitterSaturation: 0.8,
  jitterHue: 0.2,
  colourOrder: 'jitter-first',
  blur: 1,
  asymmetric: true,
  blurOthers: 0.1,
  solariseOthers: 0.2,
}

/** As the authors' code pretrains for 200 epochs: weights decay, biases and norms do not. */
const LARGE: Values = {
  ...AUGMENTATION,
  lr: 0.08,
  lrRule: 'per-256',
  warmup: 5,
  epochs: 200,
  weightDecay: 1e-6,
  decayVectors: false,
}

/** What the paper trains, which the size for a big GPU has too; its batch takes a cluster. */
const BIG: Values = { model: 'r3d_50', size: 224 }
const PAPER: Values = { ...LARGE, ...BIG, merge: 'none', batch: 1024 }

/** Metrics are explained by these words, the top-1 among second clips in particular. */
const WORDS = {
  loss: 'NT-Xent over the clips of the batch, the sum of both directions; weight decay is not part of it',
  negatives: 'the second clips of all other videos in the batch',
  counts: '',
}
/** The top-5 among the second clips of a small batch says little. */
const { loss, accuracy, positive, spread } = contrastiveMetrics(WORDS)

/** CVRL (Qian et al., CVPR 2021): contrast of two clips in a batch, with augmentation made for video. */
export const cvrl = defineMethod({
  label: 'CVRL',
  sharesBatches: true,
  meaning:
    'Finds the other clip of a video among all clips of the batch; its presets favour clips that are close in time (Qian et al., CVPR 2021)',
  views: () => equalViews(2),
  settings: cvrlSettings,
  fault: () => null,
  metrics: {
    loss,
    accuracy,
    positive,
    negative: contrastiveMetrics({
      ...WORDS,
      negatives: 'every clip of the other videos in the batch',
    }).negative,
    spread,
    entropy: {
      label: 'Entropy',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      meaning:
        'Mean entropy of the softmax over the second clips of the batch, in nats. It starts near log N for N videos, where no clip stands out, and falls towards 0',
    },
  },
  charts: [
    ...contrastiveCharts.map((chart) =>
      chart.name === 'accuracy' ? { ...chart, metrics: ['accuracy'] } : chart,
    ),
    { name: 'entropy', title: 'Entropy', metrics: ['entropy'], min: 0 },
  ],
  health: healthOf,
  // Both clips of every other video.
  batchNegatives: ({ batch }) => 2 * (batch - 1),
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return size === 'big' && isOfPaper(recipe) ? { ...LARGE, ...BIG } : LARGE
  },
  paper: (recipe) => (isOfPaper(recipe) ? PAPER : null),
  older: {},
})

/** @param config its `batch` are the places that are contrasted, N */
function healthOf(config: Pick<PretrainConfig, 'batch' | 'accumulate' | 'repeats'>): HealthCheck[] {
  const { batch } = config
  const among = { ...batchContrast(config, 2), directions: 2 }
  const top = topCheck({ metric: 'accuracy', k: 1 }, batchContrast(config, 1))
  const share = typeof top.min === 'number' ? top.min : 1 / batch
  const chance = Math.log(batch)
  const [loss, , positive, negative] = contrastChecks(among)
  return [
    spreadCheck('Start again with a lower learning rate, a larger batch or a higher temperature.'),
    loss,
    top,
    positive,
    negative,
    {
      metric: 'entropy',
      max: entropyWithShare(share, batch),
      marks: [{ value: chance, label: 'chance' }],
      reason: `If all of N second clips are equally similar, the entropy is log N: ${formatNumber(chance)} for ${formatCount(batch)} videos. The range ends where the right clip has the least share that differs from chance, ${formatNumber(100 * share)} %, and the others share the rest.`,
      source: CALCULATED,
      above:
        'No clip stands out among those of the batch. Start again with a lower temperature, a lower learning rate or weaker augmentation.',
    },
  ]
}

function isOfPaper(recipe: RecipeName): boolean {
  return recipe === 'kinetics' || recipe === 'kinetics-600'
}
