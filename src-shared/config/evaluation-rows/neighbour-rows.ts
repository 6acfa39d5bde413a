import type { EvaluationSetting } from '../evaluation-setting.ts'

/** How retrieval and k-NN compare features. */
export const neighbourRows = {
  unitClips: {
    type: 'flag',
    label: 'Unit clips',
    meaning: "Scale each clip's features to length 1 before they are averaged over a video",
    protocols: ['retrieval'],
    default: false,
  },
  centring: {
    type: 'choice',
    label: 'Centring',
    meaning:
      "train: the training videos' mean is taken off all features. splits: each split's own mean is taken off its features, which uses the test videos' mean",
    protocols: ['retrieval'],
    choices: ['train', 'splits'],
    default: 'train',
  },
  colours: {
    type: 'choice',
    label: 'Colour statistics',
    meaning:
      "Mean and deviation that colours are normalised by: Kinetics', as in pretraining, or ImageNet's, as in the reference's main_retrieve.py",
    protocols: ['retrieval'],
    choices: ['kinetics', 'imagenet'],
    default: 'kinetics',
  },
  k: {
    type: 'int',
    label: 'Neighbours k',
    meaning: 'Nearest training videos that vote',
    protocols: ['knn'],
    unit: 'videos',
    min: 1,
    max: 10_000,
    default: 20,
  },
  temperature: {
    type: 'number',
    label: 'Temperature T',
    meaning: 'A neighbour votes with weight exp(cosine / T) (Wu et al., CVPR 2018)',
    protocols: ['knn'],
    min: 0.001,
    max: 10,
    default: 0.07,
  },
} as const satisfies Record<string, EvaluationSetting>
