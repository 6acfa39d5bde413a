import type { PretrainTable } from '../settings/pretraining.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  projectionSettings,
  temperatureSetting,
} from './contrastive.ts'
import { defineMethod, type Values } from './method.ts'

export const simclrSettings = {
  projectionSize: projectionSettings.projectionSize,
  temperature: temperatureSetting,
} as const satisfies PretrainTable

const SAMPLE: Values = { projectionSize: 64 }

/** SimCLR (Chen et al., ICML 2020) on the clips of videos: no queue, no second encoder. */
export const simclr = defineMethod({
  label: 'SimCLR',
  meaning: 'Finds the other clip of a video among all clips of the batch (Chen et al., ICML 2020)',
  views: [
    {
      name: 'first',
      label: 'First clip',
      meaning: 'One clip of the video, in changed colours: what the encoder takes',
    },
    {
      name: 'second',
      label: 'Second clip',
      meaning: 'The other clip of the video, in changed colours: what the encoder takes as well',
    },
  ],
  settings: simclrSettings,
  fault: () => null,
  metrics: contrastiveMetrics({
    loss: 'NT-Xent over the clips of the batch, the mean of both directions',
    negatives: 'every clip of the other videos in the batch',
    counts: '',
  }),
  charts: contrastiveCharts,
  scoredFrom: () => 1,
  recipe: (recipe) => (recipe === 'sample' ? SAMPLE : {}),
  paper: () => null,
  older: {},
})
