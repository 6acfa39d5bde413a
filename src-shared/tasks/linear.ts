import { cosineTraining, labelled, randomCrops, scaling, steppedTraining } from './phrases.ts'
import { clipTop1, top1, top5 } from './score.ts'
import {
  averageSetting,
  featureSettings,
  optimiserSettings,
  rateSettings,
  stepSettings,
} from './settings/classifier-settings.ts'
import { clipSettings } from './settings/clip-settings.ts'
import { labelSettings } from './settings/label-settings.ts'
import type { ValuesOf } from '../settings/setting.ts'
import type { EvaluationTable } from './settings/setting.ts'
import { seedSetting } from './settings/shared.ts'
import { streamSettings } from './settings/stream-settings.ts'
import { answerTabs } from './tabs.ts'
import { defineTask } from './task.ts'

const { epochs, lr, batch, weightDecay } = optimiserSettings
const { milestone1, milestone2, factor } = stepSettings
const where = { setting: 'decay', is: 'steps' } as const

const settings = {
  ...streamSettings,
  ...clipSettings,
  average: averageSetting,
  ...labelSettings,
  ...featureSettings,
  trainClips: {
    type: 'choice',
    label: 'Training clips',
    meaning:
      'centre: the same clips of each video in every epoch, cut as in the test. augmented: a random clip of each video with random crops and flips, passed through the encoder at every step, as in papers',
    choices: ['centre', 'augmented'],
    default: 'centre',
  },
  cropArea: {
    type: 'number',
    label: 'Smallest training crop',
    meaning: "Smallest share of the frame's area that a random training crop takes",
    min: 0.01,
    max: 1,
    default: 0.2,
    where: { setting: 'trainClips', is: 'augmented' },
  },
  cropAspect: {
    type: 'number',
    label: 'Smallest aspect ratio',
    meaning:
      'Smallest ratio of width to height of a random training crop; the largest is its inverse',
    min: 0.1,
    max: 1,
    default: 0.75,
    where: { setting: 'trainClips', is: 'augmented' },
  },
  epochs,
  lr,
  ...rateSettings,
  batch,
  weightDecay,
  milestone1: { ...milestone1, where },
  milestone2: { ...milestone2, where, default: 80 },
  factor: { ...factor, where },
  seed: seedSetting,
} as const satisfies EvaluationTable

function trainingClips(values: ValuesOf<typeof settings>): string {
  const { trainClips, cropArea, cropAspect } = values
  const crops = randomCrops({ cropScaleMin: cropArea, cropScaleMax: 1, flip: 0.5 })
  // Where nothing is said, crops have the usual shapes.
  const shapes =
    cropAspect === settings.cropAspect.default
      ? ''
      : `, crops from ${cropAspect} to ${Number((1 / cropAspect).toFixed(2))} times as wide as high`
  return trainClips === 'centre'
    ? 'trained on the same clips of each training video'
    : `trained on one random clip per training video and epoch, ${crops}${shapes}`
}

/** A linear classifier on frozen features. */
export const linear = defineTask({
  label: 'Linear probe',
  meaning: 'A linear classifier on frozen features',
  kind: 'measure',
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
    multiview: {
      label: 'Multi-view',
      meaning:
        'L2-normalised features of random crops from 30 % of the frame, learning rate 32 by a cosine after 5 of 100 epochs of warm-up in batches of 1024, tested on the mean of the probabilities of 10 clips × 3 crops',
      values: {
        trainClips: 'augmented',
        cropArea: 0.3,
        cropAspect: 0.5,
        standardise: 'none',
        normalise: true,
        lr: 32,
        warmup: 5,
        batch: 1024,
        weightDecay: 0,
        clips: 10,
        crops: 3,
        average: 'probabilities',
      },
    },
  },
  scores: [top1, top5, clipTop1],
  headline: 'top1',
  method: (values) => [
    `linear probe on frozen features, ${scaling(values)}`,
    trainingClips(values),
    ...labelled(values),
    values.decay === 'cosine' ? cosineTraining(values) : steppedTraining(values),
  ],
  fusion: 'the mean of the probabilities of two classifiers, each trained on its own stream',
  averages: 'logits',
  answers: { score: 'probability', neighbours: false },
  artefact: null,
  tabs: answerTabs,
  resumesFrom: 'features',
  isProposedAfterRuns: true,
})
