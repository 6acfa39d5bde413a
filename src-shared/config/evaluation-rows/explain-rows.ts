import type { EvaluationSetting } from '../evaluation-setting.ts'

/** What evaluations that explain an encoder look at. */
export const explainRows = {
  backgrounds: {
    type: 'choice',
    label: 'Backgrounds from',
    meaning:
      'Split whose videos lend their backgrounds; those of training videos are the ones that a shortcut would have learned',
    protocols: ['background'],
    choices: ['train', 'test'],
    default: 'train',
  },
  videos: {
    type: 'int',
    label: 'Videos',
    meaning: 'Test videos that are looked at, in turn from every class',
    protocols: ['activation'],
    unit: 'videos',
    min: 1,
    max: 1_000_000,
    default: 96,
  },
  shown: {
    type: 'choice',
    label: 'Videos on the map',
    meaning: 'Test videos alone, or training videos too',
    protocols: ['map'],
    choices: ['both', 'test'],
    default: 'both',
  },
  neighbours: {
    type: 'int',
    label: 'Neighbours',
    meaning:
      'Nearest videos that are kept near (n_neighbors of UMAP); few show detail, many the whole',
    protocols: ['map'],
    unit: 'videos',
    min: 2,
    max: 200,
    default: 15,
  },
  minDistance: {
    type: 'number',
    label: 'min_dist',
    meaning: 'Smallest distance between points on the map (UMAP)',
    protocols: ['map'],
    min: 0,
    max: 1,
    default: 0.1,
  },
} as const satisfies Record<string, EvaluationSetting>
