import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type Values } from './method.ts'
import { countOrders } from './permutations.ts'
import {
  orderVariants,
  PIECE_PICTURES,
  pieceSettings,
  piecesFault,
  type PieceGrid,
} from './pieces.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

/** All orders of four pieces. */
const ORDERS = countOrders(4)

export const puzzleSettings = {
  puzzleAxis: {
    type: 'choice',
    label: 'Pieces lie in',
    meaning:
      'space: the clip is cut into two rows and two columns. time: it is cut into four parts that follow each other, which is harder. Both have 24 orders (Kim et al., AAAI 2019)',
    group: 'method',
    choices: ['space', 'time'],
    default: 'space',
  },
  ...pieceSettings,
  dropout: dropoutSetting,
} as const satisfies PretrainTable

const SAMPLE: Values = { lr: 0.05, headWidth: 128 }

/** The encoder of the paper, at our own size of clips. */
const BIG: Values = { model: 'r3d_18', frames: 16, size: 112 }

/** The pieces of a clip. */
export function puzzleGrid({ puzzleAxis }: { puzzleAxis: string }): PieceGrid {
  if (puzzleAxis === 'time') return { times: 4, rows: 1, columns: 1 }
  return { times: 1, rows: 2, columns: 2 }
}

/** Space-time cubic puzzles (Kim et al., AAAI 2019): tells in which order four pieces of a clip are. */
export const puzzle = defineMethod({
  label: 'Space-time puzzle',
  sharesBatches: true,
  meaning:
    'Tells in which order four pieces of a clip are, in space or time (Kim et al., AAAI 2019)',
  views: () => [
    {
      name: 'whole',
      label: 'Clip to be cut',
      meaning:
        'The clip before it is cut into pieces, which the encoder takes one by one, in another order',
      variants: orderVariants(ORDERS),
    },
  ],
  settings: puzzleSettings,
  fault: (config) => piecesFault(config, puzzleGrid(config)),
  metrics: pretextMetrics('in which order the four pieces of a clip are'),
  charts: pretextCharts,
  pictures: () => PIECE_PICTURES,
  health: ({ batch, accumulate }) =>
    pretextChecks(
      { classes: ORDERS, questions: batch * accumulate },
      'Start again with a lower learning rate. Scenes that look alike everywhere cannot teach the order in space, and motions that look alike at all times cannot teach that in time.',
    ),
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return size === 'big' && recipe === 'kinetics' ? BIG : {}
  },
  paper: (recipe) => (recipe === 'kinetics' ? { merge: 'none', ...BIG } : null),
  older: {},
})
