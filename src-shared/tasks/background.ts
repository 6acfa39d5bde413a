import { backgroundArtefact, BACKGROUND_CONDITIONS } from './background/artefact.ts'
import type { BackgroundCondition } from './background/artefact.ts'
import { cosineTraining, masksOf, scaling } from './phrases.ts'
import type { Score } from './score.ts'
import { featureSettings, optimiserSettings } from './settings/classifier-settings.ts'
import { clipsSetting, splitSettings } from './settings/clip-settings.ts'
import type { EvaluationTable } from './settings/setting.ts'
import { seedSetting } from './settings/shared.ts'
import { defineTask } from './task.ts'

const settings = {
  clips: clipsSetting,
  ...splitSettings,
  ...featureSettings,
  ...optimiserSettings,
  backgrounds: {
    type: 'choice',
    label: 'Backgrounds from',
    meaning:
      'Split whose videos lend their backgrounds; a shortcut would have been learned from those of training videos',
    choices: ['train', 'test'],
    default: 'train',
  },
  seed: seedSetting,
} as const satisfies EvaluationTable

/** Accuracy on videos under a condition. Evaluations of older versions stored totals only. */
function accuracy(name: BackgroundCondition, label: string): Score {
  return {
    name,
    label,
    counts: ({ truth, answers }) => (answers ? answers[name] === truth : null),
  }
}

const scores: readonly Score[] = [
  accuracy('original', 'Original'),
  accuracy('swapped', 'Other-class background'),
  accuracy('sameClass', 'Same-class background'),
  // What a background alone gives away is as much the videos' doing as the encoder's.
  { ...accuracy('backgroundOnly', 'Background alone'), better: 'neither' },
  accuracy('foregroundOnly', 'Foreground alone'),
  {
    name: 'gap',
    label: 'Background gap',
    better: 'less',
    isNoShare: true,
    listed: {
      before: 'gap',
      title: 'Background gap: accuracy lost to backgrounds of another class',
      unit: 'points',
    },
  },
  {
    name: 'pull',
    label: 'Pull of the background',
    better: 'less',
    counts: ({ answers, lent }) => (answers ? answers.swapped === lent : null),
  },
]

/** A linear probe on videos whose backgrounds are exchanged or removed. */
export const background = defineTask({
  label: 'Background sensitivity',
  meaning: 'A linear probe on videos whose backgrounds are swapped or removed',
  kind: 'explain',
  splits: ['train', 'test'],
  usesMasks: true,
  settings,
  scores,
  headline: 'gap',
  method: (values, own) => [
    `linear probe on frozen features, ${scaling(values)}`,
    cosineTraining(values),
    `tested on videos with backgrounds of the ${values.backgrounds} split`,
    `FAME’s masks${masksOf(own)} where there are no better ones`,
  ],
  averages: 'logits',
  answers: {
    score: 'probability',
    neighbours: false,
    more: {
      head: [...BACKGROUND_CONDITIONS, 'lent background'],
      cells: ({ answers = {}, lent = -1 }, label) => [
        ...BACKGROUND_CONDITIONS.map((name) => label(answers[name])),
        label(lent),
      ],
    },
  },
  artefact: backgroundArtefact,
  tabs: ['sensitivity'],
  resumesFrom: 'features',
  isProposedAfterRuns: false,
})
