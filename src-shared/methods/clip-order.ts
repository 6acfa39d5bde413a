import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'
import { countOrders, permutationsOf } from './permutations.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

export const clipOrderSettings = {
  orderedClips: {
    type: 'int',
    label: 'Clips to order',
    meaning:
      'Clips of a video that are shown in a random order. n clips have n! orders: 2, 6, 24 or 120. More clips are harder',
    group: 'method',
    unit: 'clips',
    min: 2,
    max: 5,
    default: 3,
  },
  clipGap: {
    type: 'int',
    label: 'Gap',
    meaning:
      'Frames of the video between two clips, so that the last frame of one does not give away the next; fewer where a video is too short',
    group: 'method',
    unit: 'frames',
    min: 0,
    max: 1000,
    default: 8,
  },
  pairSize: {
    type: 'int',
    label: 'Size of a pair',
    meaning: 'Numbers that the head makes of each pair of clips',
    group: 'model',
    min: 8,
    max: 4096,
    default: 512,
  },
  dropout: { ...dropoutSetting, default: 0.5 },
} as const satisfies PretrainTable

/**
 * As the authors' code cuts clips: squares of 112 px out of frames of 128x171, and nothing else changes. A
 * flip of each clip by itself would turn motions over, which takes away what tells their order.
 */
const PLAIN: Values = {
  cropScaleMin: 0.573,
  cropScaleMax: 0.573,
  cropAspectMin: 1,
  flip: 0,
  grayscale: 0,
  jitter: 0,
  blur: 0,
}

/** The schedule of the authors' code. */
const SCHEDULE: Values = {
  ...PLAIN,
  lr: 0.001,
  momentum: 0.9,
  weightDecay: 5e-4,
  schedule: 'constant',
  epochs: 300,
  stride: 1,
}

const PAPER: Values = { ...SCHEDULE, merge: 'none', frames: 16, size: 112, batch: 8 }

/** Three clips of 8 frames at stride 1 fit into the videos. */
const SAMPLE: Values = { ...PLAIN, stride: 1, clipGap: 4, dropout: 0, lr: 0.05 }

const ORDINALS = ['First', 'Second', 'Third', 'Fourth', 'Fifth'] as const

function viewsOf({ orderedClips, clipGap }: { orderedClips: number; clipGap: number }): ViewRole[] {
  return ORDINALS.slice(0, orderedClips).map((ordinal, view) => ({
    name: ordinal.toLowerCase(),
    label: `${ordinal} shown clip`,
    meaning: 'One of the clips of the video, in whose true order they must be put',
    ...(view === 0
      ? { orders: permutationsOf(orderedClips) }
      : { follows: { view: view - 1, gap: clipGap } }),
  }))
}

/** VCOP (Xu et al., CVPR 2019): tells the order of clips. */
export const clipOrder = defineMethod({
  label: 'Clip order prediction',
  sharesBatches: true,
  meaning: 'Tells in which order clips of a video are shown (VCOP; Xu et al., CVPR 2019)',
  views: viewsOf,
  settings: clipOrderSettings,
  defaults: { stride: 1 },
  fault: () => null,
  metrics: pretextMetrics('in which order the clips are shown'),
  charts: pretextCharts,
  health: ({ orderedClips, batch, accumulate }) =>
    pretextChecks(
      { classes: countOrders(orderedClips), questions: batch * accumulate },
      'Start again with a lower learning rate or with fewer clips. Motions that repeat, and videos too short for the clips, cannot teach their order.',
    ),
  scoredFrom: () => 1,
  recipe: (recipe) => (recipe === 'sample' ? SAMPLE : SCHEDULE),
  paper: (recipe) => (recipe === 'ucf101' ? PAPER : null),
  older: {},
})
