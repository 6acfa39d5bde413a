import { formatCount } from '../text/numbers.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type Values } from './method.ts'
import {
  orderVariants,
  PIECE_PICTURES,
  pieceSettings,
  piecesFault,
  type PieceGrid,
} from './pieces.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

/** Parts of time, which stand for the three frames of the paper. */
const TIMES = 3

export const jigsawSettings = {
  pieceGrid: {
    type: 'int',
    label: 'Pieces along a side',
    meaning:
      'Into how many rows and columns each of the three parts of a clip is cut: 2 gives 12 pieces, 3 gives 27. More pieces are harder',
    group: 'method',
    min: 2,
    max: 3,
    default: 2,
  },
  permutations: {
    type: 'int',
    label: 'Permutations',
    meaning:
      'How many orders of the pieces there are to tell apart. They are chosen to differ in as many places as possible, and kept in the checkpoint. More of them are harder; Ahsan et al. (WACV 2019) take 100 to 1,000',
    group: 'method',
    min: 2,
    max: 1000,
    default: 100,
  },
  ...pieceSettings,
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** Few orders, which a short run can learn. */
const SAMPLE: Values = { lr: 0.05, permutations: 8, headWidth: 128 }

const LARGE: Values = { permutations: 100 }

/** The pieces of a clip. */
export function jigsawGrid({ pieceGrid }: { pieceGrid: number }): PieceGrid {
  return { times: TIMES, rows: pieceGrid, columns: pieceGrid }
}

/** Video jigsaw (Ahsan et al., WACV 2019): tells in which order the pieces of a clip are. */
export const jigsaw = defineMethod({
  label: 'Video jigsaw',
  sharesBatches: true,
  meaning:
    'Tells in which order the pieces of a clip are, cut in space and time (Ahsan et al., WACV 2019)',
  views: ({ permutations }) => [
    {
      name: 'whole',
      label: 'Clip to be cut',
      meaning:
        'The clip before it is cut into pieces, which the encoder takes one by one, in another order',
      variants: orderVariants(permutations),
    },
  ],
  settings: jigsawSettings,
  fault: (config) => piecesFault(config, jigsawGrid(config)),
  metrics: pretextMetrics('in which order the pieces of a clip are'),
  charts: pretextCharts,
  pictures: () => PIECE_PICTURES,
  health: ({ permutations, pieceGrid, batch, accumulate }) =>
    pretextChecks(
      { classes: permutations, questions: batch * accumulate },
      `Start again with a lower learning rate, or with fewer than ${formatCount(permutations)} permutations${pieceGrid > 2 ? ' or pieces' : ''}. Scenes that look alike everywhere cannot teach this task.`,
    ),
  scoredFrom: () => 1,
  recipe: (recipe) => (recipe === 'sample' ? SAMPLE : LARGE),
  paper: (recipe) => (recipe === 'kinetics' ? { merge: 'none', ...LARGE } : null),
  older: {},
})
