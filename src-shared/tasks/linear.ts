import { cosineTraining, REFERENCE_CROPS, scaling, steppedTraining } from './phrases.ts'
import { clipTop1, top1, top5 } from './score.ts'
import { featureSettings, optimiserSettings, stepSettings } from './settings/classifier-settings.ts'
import { clipSettings } from './settings/clip-settings.ts'
import type { ValuesOf } from '../settings/setting.ts'
import type { EvaluationTable } from './settings/setting.ts'
import { seedSetting } from './settings/shared.ts'
import { answerTabs } from './tabs.ts'
import { defineTask } from './task.ts'

const { epochs, lr, batch, weightDecay } = optimiserSettings
const { milestone1, milestone2, factor } = stepSettings
const where = { setting: 'decay', is: 'steps' } as const

const settings = {
  ...clipSettings,
  ...featureSettings,
  trainClips: {
    type: 'choice',
    label: 'Training clips',
    meaning:
      'centre: the same clips of each video in every epoch, cut as in the test. augmented: a random clip of each video with random crops of 20 to 100 % of the frame and flips, passed through the encoder at every step, as in papers',
    choices: ['centre', 'augmented'],
    default: 'centre',
  },
  epochs,
  lr,
  decay: {
    type: 'choice',
    label: 'Learning rate decay',
    meaning:
      'cosine: falls along a cosine to 0. steps: multiplied by the factor at the two milestones',
    choices: ['cosine', 'steps'],
    default: 'cosine',
  },
  batch,
  weightDecay,
  milestone1: { ...milestone1, where },
  milestone2: { ...milestone2, where, default: 80 },
  factor: { ...factor, where },
  seed: seedSetting,
} as const satisfies EvaluationTable

function trainingClips({ trainClips }: ValuesOf<typeof settings>): string {
  return trainClips === 'centre'
    ? 'trained on the same clips of each training video'
    : `trained on one random clip per training video and epoch, ${REFERENCE_CROPS}`
}

/** A linear classifier on frozen features. */
export const linear = defineTask({
  label: 'Linear probe',
  meaning: 'A linear classifier on frozen features',
  kind: 'measure',
  requires: ['pooled'],
  splits: ['train', 'test'],
  usesMasks: false,
  settings,
  schedules: {
    recommended: {
      label: 'Recommended',
      meaning: 'standardised features of centre crops, which are extracted only once',
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning:
        'random crops and flips through the frozen encoder, L2-normalised features, learning rate 30, divided by ten after epochs 60 and 80 of 100',
      values: {
        trainClips: 'augmented',
        testClips: 'reference',
        standardise: 'none',
        normalise: true,
        decay: 'steps',
        lr: 30,
        batch: 256,
        weightDecay: 0,
      },
    },
  },
  scores: [top1, top5, clipTop1],
  headline: 'top1',
  method: (values) => [
    `linear probe on frozen features, ${scaling(values)}`,
    trainingClips(values),
    values.decay === 'cosine' ? cosineTraining(values) : steppedTraining(values),
  ],
  averages: 'logits',
  answers: { score: 'probability', neighbours: false },
  artefact: null,
  tabs: answerTabs,
  resumesFrom: 'features',
  isProposedAfterRuns: true,
})
