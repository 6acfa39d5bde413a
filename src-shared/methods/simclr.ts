import type { PretrainTable } from '../settings/pretraining.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  equalViews,
  mlpSettings,
  olderHead,
  projectionSettings,
  rhoSetting,
  temperatureSetting,
} from './contrastive.ts'
import { slowfastKinetics } from './kinetics-recipe.ts'
import { batchContrast, contrastChecks, spreadCheck, topCheck } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'

export const simclrSettings = {
  projectionSize: projectionSettings.projectionSize,
  ...mlpSettings,
  rho: rhoSetting,
  temperature: temperatureSetting,
} as const satisfies PretrainTable

const SAMPLE: Values = { projectionSize: 64 }

/** SimCLR (Chen et al., ICML 2020) on the clips of videos: no queue, no second encoder. */
export const simclr = defineMethod({
  label: 'SimCLR',
  sharesBatches: true,
  meaning: 'Finds the other clip of a video among all clips of the batch (Chen et al., ICML 2020)',
  views: ({ rho }) => equalViews(rho),
  settings: simclrSettings,
  fault: () => null,
  metrics: contrastiveMetrics({
    loss: 'NT-Xent over the clips of the batch, the mean over all pairs of clips of a video',
    negatives: 'every clip of the other videos in the batch',
    counts: '',
  }),
  charts: contrastiveCharts,
  health(config) {
    const contrast = batchContrast(config, config.rho)
    return [
      spreadCheck(
        'Start again with a lower learning rate, a larger batch or a higher temperature.',
      ),
      ...contrastChecks(contrast),
      topCheck({ metric: 'top5', k: 5 }, contrast),
    ]
  },
  // All clips of every other video.
  batchNegatives: ({ rho, batch }) => rho * (batch - 1),
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    if (recipe !== 'kinetics') return {}
    return { ...slowfastKinetics(1.2, size), headLayers: 3, hiddenSize: 2048 }
  },
  paper: () => null,
  older: { ...olderHead, rho: 2 },
})
