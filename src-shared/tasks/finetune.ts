import type { OwnTraining } from '../contract/evaluations.ts'
import { masksOf, randomCrops, REFERENCE_CROPS, steppedTraining } from './phrases.ts'
import { clipTop1, top1, top5 } from './score.ts'
import { optimiserSettings, stepSettings } from './settings/classifier-settings.ts'
import { clipSettings } from './settings/clip-settings.ts'
import type { EvaluationTable } from './settings/setting.ts'
import { seedSetting } from './settings/shared.ts'
import { answerTabs } from './tabs.ts'
import { defineTask } from './task.ts'

const { epochs, lr, batch, weightDecay } = optimiserSettings

const settings = {
  ...clipSettings,
  epochs: { ...epochs, default: 150 },
  lr: { ...lr, default: 0.025 },
  batch: { ...batch, default: 64 },
  weightDecay,
  ...stepSettings,
  dropout: {
    type: 'number',
    label: 'Dropout',
    meaning: 'Part of the features that is left out before the classifier at each step',
    min: 0,
    max: 0.95,
    default: 0,
  },
  trainCrops: {
    type: 'choice',
    label: 'Training crops',
    meaning:
      "run: random crops and flips as the run's settings have them. reference: crops of 20 to 100 % of the frame, flips of one clip in two",
    choices: ['run', 'reference'],
    default: 'run',
  },
  grayscale: {
    type: 'number',
    label: 'Grayscale',
    meaning: 'Probability of dropping the colours of a training clip',
    min: 0,
    max: 1,
    default: 0,
  },
  jitter: {
    type: 'number',
    label: 'Colour jitter',
    meaning:
      'Probability of changing brightness, contrast, saturation (0.4) and hue (0.1) of a training clip',
    min: 0,
    max: 1,
    default: 0,
  },
  merge: {
    type: 'choice',
    label: 'Merge',
    meaning:
      "fame sets each clip's foreground on another clip's background while training, with the foreground's class, as the run's FAME settings have it",
    choices: ['none', 'fame'],
    default: 'none',
  },
  seed: seedSetting,
} as const satisfies EvaluationTable

function ownCrops(own: OwnTraining | undefined): string {
  return own ? `${randomCrops(own)}, as in its training` : "the run's random crops and flips"
}

/** Encoder and classifier trained together. */
export const finetune = defineTask({
  label: 'Fine-tuning',
  meaning: 'Encoder and classifier trained together; from random weights, the supervised baseline',
  kind: 'measure',
  requires: ['pooled', 'trainable'],
  splits: ['train', 'test'],
  usesMasks: false,
  settings,
  schedules: {
    recommended: {
      label: 'Recommended',
      meaning:
        "batches of 64 in the run's own crops, colours as they are, the whole picture tested; 150 epochs, the learning rate from 0.025 down by ten at 60 and 120",
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning:
        'batches of 128, dropout 0.7, grayscale 0.2, colour jitter 0.8, crops from 20 % of the frame, tested on the centre of frames as they are; epochs and learning rate as recommended',
      values: {
        batch: 128,
        dropout: 0.7,
        grayscale: 0.2,
        jitter: 0.8,
        trainCrops: 'reference',
        testClips: 'reference',
      },
    },
    small: {
      label: 'Small',
      meaning: 'for the sample set and others of a few hundred videos',
      values: { epochs: 40, milestone1: 24, milestone2: 34, lr: 0.05, batch: 16 },
    },
  },
  scores: [top1, top5, clipTop1],
  headline: 'top1',
  method: (values, own) => [
    'fine-tuning of the whole encoder',
    ...(values.merge === 'fame' ? [`clips merged by FAME${masksOf(own)}`] : []),
    values.trainCrops === 'run' ? ownCrops(own) : REFERENCE_CROPS,
    `grayscale ${values.grayscale}`,
    `colour jitter ${values.jitter}`,
    `dropout ${values.dropout}`,
    steppedTraining(values),
  ],
  averages: 'logits',
  answers: { score: 'probability', neighbours: false },
  artefact: null,
  tabs: answerTabs,
  resumesFrom: 'checkpoint',
  isProposedAfterRuns: false,
})
