/** How many of the training videos' labels a classifier may use. */
import type { EvaluationTable } from './setting.ts'

const drawn = { setting: 'labels', is: ['percent', 'perClass'] } as const

export const labelSettings = {
  labels: {
    type: 'choice',
    label: 'Labels',
    meaning:
      "all: the labels of all training videos. percent: of a share of each class's training videos. perClass: of as many training videos of each class",
    choices: ['all', 'percent', 'perClass'],
    default: 'all',
  },
  labelPercent: {
    type: 'number',
    label: 'Share of labels',
    meaning:
      "Share of each class's training videos that keep their labels, rounded, at least one video; papers use 1 % and 10 %",
    unit: '%',
    min: 0.01,
    max: 100,
    default: 10,
    where: { setting: 'labels', is: 'percent' },
  },
  labelCount: {
    type: 'int',
    label: 'Videos a class',
    meaning: 'Training videos of each class that keep their labels',
    unit: 'videos',
    min: 1,
    max: 100_000,
    default: 10,
    where: { setting: 'labels', is: 'perClass' },
  },
  labelSeed: {
    type: 'int',
    label: 'Label seed',
    meaning:
      'Draws the training videos that keep their labels; with one seed a smaller share lies within a larger one',
    min: 1,
    max: 2_147_483_647,
    default: 1,
    where: drawn,
  },
  labelDraws: {
    type: 'int',
    label: 'Draws',
    meaning:
      'How often labels are drawn and a classifier is trained on them: scores are the mean, with the interval over the draws',
    unit: 'draws',
    min: 1,
    max: 100,
    default: 1,
    where: drawn,
  },
} as const satisfies EvaluationTable
