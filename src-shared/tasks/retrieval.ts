import type { Score } from './score.ts'
import { clipSettings } from './settings/clip-settings.ts'
import { seedSetting } from './settings/shared.ts'
import { streamSettings } from './settings/stream-settings.ts'
import { neighbourTabs } from './tabs.ts'
import { defineTask } from './task.ts'

/** Whether one of the `k` nearest training videos is of the same class. */
function recall(k: number): Score {
  return {
    name: `R@${k}`,
    label: `R@${k}`,
    // One hit among k videos drawn at random.
    chance: (classes) => 1 - (1 - 1 / classes) ** k,
  }
}

/** As `recall`, of so few that all of the videos are stored with the answer. */
function storedRecall(k: 1 | 5 | 10): Score {
  return {
    ...recall(k),
    counts: ({ truth, near }) => near?.slice(0, k).some(([, label]) => label === truth) ?? null,
  }
}

/** Whether the nearest training videos are of the same class. */
export const retrieval = defineTask({
  label: 'Retrieval',
  meaning: 'How often the nearest training videos in frozen features have the same class',
  kind: 'measure',
  splits: ['train', 'test'],
  usesMasks: false,
  settings: {
    ...streamSettings,
    ...clipSettings,
    unitClips: {
      type: 'flag',
      label: 'Unit clips',
      meaning: "Scale each clip's features to length 1 before they are averaged over a video",
      default: false,
    },
    centring: {
      type: 'choice',
      label: 'Centring',
      meaning:
        "train: the training videos' mean is subtracted from all features. splits: each split's own mean is subtracted from its features, which uses the test videos' mean",
      choices: ['train', 'splits'],
      default: 'train',
    },
    colours: {
      type: 'choice',
      label: 'Colour statistics',
      meaning:
        "What colours are normalised by: the encoder's own scaling, as in pretraining, or ImageNet's mean and deviation, as in the reference's main_retrieve.py",
      choices: ['encoder', 'imagenet'],
      default: 'encoder',
    },
    seed: seedSetting,
  },
  schedules: {
    recommended: {
      label: 'Recommended',
      meaning: "features averaged without scaling, minus the training videos' mean",
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning: "unit-length clips, each split's own mean, ImageNet's colour statistics",
      values: {
        unitClips: true,
        centring: 'splits',
        colours: 'imagenet',
        testClips: 'reference',
      },
    },
  },
  scores: [storedRecall(1), storedRecall(5), storedRecall(10), recall(20), recall(50)],
  headline: 'R@1',
  method: ({ unitClips, centring, colours }) => [
    'retrieval by the cosine of features',
    centring === 'train' ? "minus the training videos' mean" : "minus each split's own mean",
    unitClips ? 'clips scaled to length 1' : 'clips as they are',
    `colours normalised as in ${colours === 'encoder' ? 'pretraining' : 'ImageNet'}`,
  ],
  fusion: 'the mean of the cosines in each stream, each centred by itself',
  averages: 'features',
  answers: { score: 'cosine', neighbours: true },
  artefact: null,
  tabs: neighbourTabs,
  resumesFrom: 'features',
  isProposedAfterRuns: true,
})
