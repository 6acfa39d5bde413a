import { kernelsArtefact } from './kernels/artefact.ts'
import { seedSetting } from './settings/shared.ts'
import { defineTask } from './task.ts'

/** How the weights along time are distributed. It looks at no video. */
export const kernels = defineTask({
  label: 'Temporal kernels',
  meaning: 'The distribution of the weights along time, layer by layer',
  kind: 'explain',
  splits: [],
  usesMasks: false,
  settings: { seed: seedSetting },
  scores: [
    {
      name: 'change',
      label: 'Change over time',
      better: 'neither',
      isNoShare: true,
      listed: {
        before: 'change',
        title: 'Share of the temporal kernels that is change over time',
      },
    },
  ],
  headline: 'change',
  method: () => ['weights of the temporal kernels'],
  averages: null,
  answers: null,
  artefact: kernelsArtefact,
  tabs: ['temporal-weights'],
  resumesFrom: 'start',
  isProposedAfterRuns: false,
})
