import { activationArtefact } from './activation/artefact.ts'
import { count } from './phrases.ts'
import { splitSettings } from './settings/clip-settings.ts'
import { seedSetting } from './settings/shared.ts'
import { streamSettings } from './settings/stream-settings.ts'
import { defineTask } from './task.ts'

/** Where in a clip the encoder responds. */
export const activation = defineTask({
  label: 'Activation maps',
  meaning: 'Where the encoder responds, and how much of its response is in the foreground',
  kind: 'explain',
  splits: ['test'],
  usesMasks: true,
  settings: {
    ...streamSettings,
    ...splitSettings,
    videos: {
      type: 'int',
      label: 'Videos',
      meaning:
        'Number of test videos, taken in turn from every class; without classes, spread over the list',
      unit: 'videos',
      min: 1,
      max: 1_000_000,
      default: 96,
    },
    seed: seedSetting,
  },
  scores: [
    {
      name: 'inside',
      label: 'In the foreground',
      isNoShare: true,
      listed: {
        before: 'in fg.',
        title: 'Share of the activation that is in the foreground',
      },
    },
    { name: 'area', label: 'Foreground area', better: 'neither', isNoShare: true },
    { name: 'peak', label: 'Peak in the foreground' },
  ],
  headline: 'inside',
  method: ({ videos }) => [`activation maps of at most ${count(videos, 'test video')}`],
  fusion: 'the mean of the shares in each stream, which has maps of its own',
  averages: null,
  answers: null,
  artefact: activationArtefact,
  tabs: ['responses'],
  resumesFrom: 'start',
  isProposedAfterRuns: false,
})
