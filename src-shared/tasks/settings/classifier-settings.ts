/** How a classifier is trained, on features or with the whole encoder. */
import type { EvaluationTable } from './setting.ts'

/** Momentum of SGD in every task that trains a classifier. It cannot be set. */
export const CLASSIFIER_MOMENTUM = 0.9

/** How the answers of a video's clips become one. */
export const averageSetting = {
  type: 'choice',
  label: 'Mean over clips',
  meaning:
    "What is averaged over a video's clips and crops. logits: the classifier's sums. probabilities: their softmax, so that a clip that is sure of itself does not outvote the others",
  choices: ['logits', 'probabilities'],
  default: 'logits',
} as const satisfies EvaluationTable[string]

/** What a classifier of frozen features gets. */
export const featureSettings = {
  normalise: {
    type: 'flag',
    label: 'Normalise features',
    meaning: 'Scale the features of each clip to length 1 before the linear classifier',
    default: false,
  },
  standardise: {
    type: 'choice',
    label: 'Standardise features',
    meaning:
      "train: subtract each feature's mean over the training clips and divide by its standard deviation, so that one learning rate suits every encoder. none: features as the encoder gives them, as in papers",
    choices: ['train', 'none'],
    default: 'train',
  },
} as const satisfies EvaluationTable

export const optimiserSettings = {
  epochs: {
    type: 'int',
    label: 'Epochs',
    meaning: 'Passes over the training clips',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 100,
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule',
    min: 0,
    max: 100,
    default: 0.1,
  },
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Clips per step',
    unit: 'clips',
    min: 1,
    max: 4096,
    default: 128,
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning: 'L2 penalty on every weight, added to the gradient',
    min: 0,
    max: 1,
    default: 1e-4,
  },
} as const satisfies EvaluationTable

/** How the learning rate rises and falls. */
export const rateSettings = {
  warmup: {
    type: 'int',
    label: 'Warm-up',
    meaning:
      'Epochs in which the learning rate rises linearly from 0; the cosine starts where they end',
    unit: 'epochs',
    min: 0,
    max: 10_000,
    default: 0,
  },
  decay: {
    type: 'choice',
    label: 'Learning rate decay',
    meaning:
      'cosine: falls along a cosine to 0. steps: multiplied by the factor at the two milestones',
    choices: ['cosine', 'steps'],
    default: 'cosine',
  },
} as const satisfies EvaluationTable

/** A learning rate that falls in steps. */
export const stepSettings = {
  milestone1: {
    type: 'int',
    label: 'First milestone',
    meaning: 'Epoch after which the learning rate falls for the first time',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
  },
  milestone2: {
    type: 'int',
    label: 'Second milestone',
    meaning: 'Epoch after which the learning rate falls again',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 120,
  },
  factor: {
    type: 'number',
    label: 'Factor',
    meaning: 'Factor by which the learning rate is multiplied at each milestone',
    min: 0,
    max: 1,
    default: 0.1,
  },
} as const satisfies EvaluationTable
