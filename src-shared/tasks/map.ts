import { mapArtefact } from './map/artefact.ts'
import { count } from './phrases.ts'
import { clipSettings } from './settings/clip-settings.ts'
import { seedSetting } from './settings/shared.ts'
import { streamSettings } from './settings/stream-settings.ts'
import { defineTask } from './task.ts'

/** Videos laid out in a plane by their features. */
export const map = defineTask({
  label: 'Map of embeddings',
  meaning: 'Videos laid out in a plane by UMAP, similar ones close together',
  kind: 'explain',
  splits: ['train', 'test'],
  usesMasks: false,
  settings: {
    ...streamSettings,
    ...clipSettings,
    shown: {
      type: 'choice',
      label: 'Videos on the map',
      meaning: 'Only test videos, or training videos too',
      choices: ['both', 'test'],
      default: 'both',
    },
    neighbours: {
      type: 'int',
      label: 'Neighbours',
      meaning:
        'Number of nearest videos that UMAP keeps close (n_neighbors); few show local detail, many the overall structure',
      unit: 'videos',
      min: 2,
      max: 200,
      default: 15,
    },
    minDistance: {
      type: 'number',
      label: 'min_dist',
      meaning: 'Smallest distance between points on the map (min_dist of UMAP)',
      min: 0,
      max: 1,
      default: 0.1,
    },
    seed: seedSetting,
  },
  scores: [
    {
      name: 'purity',
      label: 'Same-class neighbours',
      isNoShare: true,
      listed: {
        before: 'same class',
        title: 'Share of nearest neighbours that have the same class',
      },
    },
  ],
  headline: 'purity',
  method: ({ shown, neighbours, minDistance }) => [
    `UMAP of ${shown === 'both' ? 'training and test videos' : 'only test videos'}`,
    count(neighbours, 'neighbour'),
    `min_dist ${minDistance}`,
  ],
  fusion: 'the mean of the cosines in each stream, each centred by itself',
  averages: 'features',
  answers: null,
  artefact: mapArtefact,
  tabs: ['embedding-map'],
  resumesFrom: 'features',
  isProposedAfterRuns: false,
})
