import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'
import { countOrders } from './permutations.ts'
import {
  orderVariants,
  PIECE_PICTURES,
  pieceSettings,
  piecesFault,
  type PieceGrid,
} from './pieces.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

export const frameOrderSettings = {
  orderedFrames: {
    type: 'int',
    label: 'Frames to order',
    meaning:
      'Frames of a clip that are shown in a random order, one of each of as many parts of equal length. An order and its reverse are one answer, so that 3, 4 and 5 frames have 3, 12 and 60. More of them are harder',
    group: 'method',
    unit: 'frames',
    min: 3,
    max: 5,
    default: 4,
  },
  frameChoice: {
    type: 'choice',
    label: 'Choice of frames',
    meaning:
      'Which frame of each part is taken. uniform: any, all equally likely. motion: each with a probability in proportion to the mean length of its optical flow, so that frames between which nothing moves are rarely asked about; flow is computed for every clip',
    group: 'method',
    choices: ['uniform', 'motion'],
    default: 'uniform',
  },
  headWidth: {
    ...pieceSettings.headWidth,
    meaning: 'Numbers that the head makes of each pair of frames before it answers',
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

const SAMPLE: Values = { lr: 0.05, headWidth: 128 }

const FLOW: ViewRole = {
  name: 'flow',
  label: 'Flow of the clip',
  meaning: 'The optical flow of the clip as it was filmed, by which frames are chosen',
  modality: 'flow',
  sameClipAs: 0,
}

/** One frame of each part of time. */
export function frameOrderGrid({ orderedFrames }: { orderedFrames: number }): PieceGrid {
  return { times: orderedFrames, rows: 1, columns: 1, isStill: true }
}

/** n! / 2 */
export function countFrameOrders({ orderedFrames }: { orderedFrames: number }): number {
  return countOrders(orderedFrames) / 2
}

/** OPN (Lee et al., ICCV 2017): tells in which order frames of a clip are shown. */
export const frameOrder = defineMethod({
  label: 'Frame order prediction',
  sharesBatches: true,
  meaning: 'Tells in which order frames of a clip are shown (OPN; Lee et al., ICCV 2017)',
  views: (config) => [
    {
      name: 'whole',
      label: 'Clip of the frames',
      meaning: 'The clip of which the encoder takes single frames, in another order',
      variants: orderVariants(countFrameOrders(config)),
    },
    ...(config.frameChoice === 'motion' ? [FLOW] : []),
  ],
  settings: frameOrderSettings,
  fault: (config) =>
    config.frameChoice === 'motion' && config.modality === 'flow'
      ? 'frameChoice is motion and modality is flow: frames are chosen by the flow beside the colours of a clip. Set modality to rgb, or frameChoice to uniform.'
      : piecesFault({ ...config, pieceGap: 0 }, frameOrderGrid(config)),
  metrics: pretextMetrics('in which order the frames are shown, forwards or backwards alike'),
  charts: pretextCharts,
  pictures: () => PIECE_PICTURES,
  health: (config) =>
    pretextChecks(
      { classes: countFrameOrders(config), questions: config.batch * config.accumulate },
      'Start again with a lower learning rate, with fewer frames, or with a larger stride. Motions that repeat within a clip cannot teach the order of its frames.',
    ),
  scoredFrom: () => 1,
  recipe: (recipe) => (recipe === 'sample' ? SAMPLE : {}),
  paper: () => null,
  older: { frameChoice: 'uniform' },
})
