import type { EvaluationSetting } from '../evaluation-setting.ts'
import type { Protocol } from '../protocols.ts'

const probed = ['linear', 'background'] as const satisfies readonly Protocol[]

/** Those that train a classifier. */
const trained = [...probed, 'finetune'] as const

/** How a classifier is trained on features or with the whole encoder. */
export const classifierRows = {
  normalise: {
    type: 'flag',
    label: 'Normalise features',
    meaning: 'Scale the features of each clip to length 1 before the linear classifier',
    protocols: probed,
    default: false,
  },
  standardise: {
    type: 'choice',
    label: 'Standardise features',
    meaning:
      'train: each feature less its mean over the training clips, divided by its deviation there, so that one learning rate suits every encoder. none: features as the encoder gives them, as papers do',
    protocols: probed,
    choices: ['train', 'none'],
    default: 'train',
  },
  trainClips: {
    type: 'choice',
    label: 'Training clips',
    meaning:
      'centre: the same clips of each video in every epoch, cut as for the test. augmented: a random clip of each video, random crops of 20 to 100 % of the frame and flips, through the encoder at every step, as papers do',
    protocols: ['linear'],
    choices: ['centre', 'augmented'],
    default: 'centre',
  },
  epochs: {
    type: 'int',
    label: 'Epochs',
    meaning: 'Passes over the training clips',
    protocols: trained,
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 100,
    defaults: { finetune: 150 },
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule',
    protocols: trained,
    min: 0,
    max: 100,
    default: 0.1,
    defaults: { finetune: 0.025 },
  },
  decay: {
    type: 'choice',
    label: 'Learning rate decay',
    meaning: 'cosine: along a cosine to 0. steps: multiplied by the factor at the two milestones',
    protocols: ['linear'],
    choices: ['cosine', 'steps'],
    default: 'cosine',
  },
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Clips per step',
    protocols: trained,
    unit: 'clips',
    min: 1,
    max: 4096,
    default: 128,
    defaults: { finetune: 64 },
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning: 'L2 penalty on every weight, added to the gradient',
    protocols: trained,
    min: 0,
    max: 1,
    default: 1e-4,
  },
  milestone1: {
    type: 'int',
    label: 'First milestone',
    meaning: 'Passes after which the learning rate falls for the first time',
    protocols: ['linear', 'finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  milestone2: {
    type: 'int',
    label: 'Second milestone',
    meaning: 'Passes after which the learning rate falls once more',
    protocols: ['linear', 'finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 120,
    defaults: { linear: 80 },
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  factor: {
    type: 'number',
    label: 'Factor',
    meaning: 'What the learning rate is multiplied by at each milestone',
    protocols: ['linear', 'finetune'],
    min: 0,
    max: 1,
    default: 0.1,
    where: { setting: 'decay', is: 'steps', of: ['linear'] },
  },
  dropout: {
    type: 'number',
    label: 'Dropout',
    meaning: 'Part of the features that is left out before the classifier at each step',
    protocols: ['finetune'],
    min: 0,
    max: 0.95,
    default: 0,
  },
  trainCrops: {
    type: 'choice',
    label: 'Training crops',
    meaning:
      "run: random crops and flips as the run's settings have them. reference: crops of 20 to 100 % of the frame, flips of one clip in two",
    protocols: ['finetune'],
    choices: ['run', 'reference'],
    default: 'run',
  },
  grayscale: {
    type: 'number',
    label: 'Grayscale',
    meaning: 'Probability of dropping the colours of a training clip',
    protocols: ['finetune'],
    min: 0,
    max: 1,
    default: 0,
  },
  jitter: {
    type: 'number',
    label: 'Colour jitter',
    meaning:
      'Probability of changing brightness, contrast, saturation (0.4) and hue (0.1) of a training clip',
    protocols: ['finetune'],
    min: 0,
    max: 1,
    default: 0,
  },
  merge: {
    type: 'choice',
    label: 'Merge',
    meaning:
      "fame sets each clip's foreground on another clip's background while training, with the foreground's class, as the run's FAME settings have it",
    protocols: ['finetune'],
    choices: ['none', 'fame'],
    default: 'none',
  },
} as const satisfies Record<string, EvaluationSetting>
