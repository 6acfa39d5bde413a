import { top1, top5 } from './score.ts'
import { clipSettings } from './settings/clip-settings.ts'
import { seedSetting } from './settings/shared.ts'
import { streamSettings } from './settings/stream-settings.ts'
import { neighbourTabs } from './tabs.ts'
import { defineTask } from './task.ts'

/** A vote of the nearest training videos (Wu et al., CVPR 2018). */
export const knn = defineTask({
  label: 'k-NN',
  meaning: 'Weighted vote of the nearest training videos in frozen features',
  kind: 'measure',
  splits: ['train', 'test'],
  usesMasks: false,
  settings: {
    ...streamSettings,
    ...clipSettings,
    k: {
      type: 'int',
      label: 'Neighbours k',
      meaning: 'Nearest training videos that vote',
      unit: 'videos',
      min: 1,
      max: 10_000,
      default: 20,
    },
    temperature: {
      type: 'number',
      label: 'Temperature T',
      meaning: 'A neighbour votes with weight exp(cosine / T) (Wu et al., CVPR 2018)',
      min: 0.001,
      max: 10,
      default: 0.07,
    },
    seed: seedSetting,
  },
  scores: [top1, top5],
  headline: 'top1',
  method: ({ k, temperature }) => [
    `vote of the ${k} nearest training videos by cosine`,
    `temperature ${temperature}`,
  ],
  fusion: 'the mean of the cosines in each stream',
  averages: 'features',
  answers: { score: 'vote', neighbours: true },
  artefact: null,
  tabs: neighbourTabs,
  resumesFrom: 'features',
  isProposedAfterRuns: false,
})
