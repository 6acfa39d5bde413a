import { clipFault } from '../encoders/index.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

/** How far a clip's speed may lie from its own, as factors: 1 to 1.2 and 1.7 to 2.2 in the paper. */
const SLOW = [1, 1.2] as const
const FAST = [0.85, 1.1] as const

export const speednetSettings = {
  fastSpeed: {
    type: 'number',
    label: 'Speed of the fast clip',
    meaning: 'How many times as fast as the other the fast clip is; nearer to 1 is harder',
    group: 'method',
    min: 1.5,
    max: 8,
    default: 2,
  },
  speedJitter: {
    type: 'flag',
    label: 'Jitter of speed',
    meaning:
      'Draws the speeds of both clips near their own, the slow one up to 1.2 times as fast and the fast one 0.85 to 1.1 times, so that a network cannot know them by artefacts of one sampling rate (Benaim et al., CVPR 2020)',
    group: 'method',
    default: true,
  },
  inputSizeMin: {
    type: 'int',
    label: 'Smallest input size',
    meaning:
      'Each batch is shown to the encoder in a random size, a multiple of 16 px from this one on, so that a network cannot know speed by artefacts of one size (Benaim et al., CVPR 2020, from 64 to 336 px); 0 shows all in the crop size',
    group: 'method',
    unit: 'px',
    min: 0,
    max: 448,
    default: 0,
  },
  inputSizeMax: {
    type: 'int',
    label: 'Largest input size',
    meaning: 'The largest random size; it plays no part where the smallest is 0',
    group: 'method',
    unit: 'px',
    min: 16,
    max: 448,
    default: 336,
  },
  pooling: {
    type: 'choice',
    label: 'Pooling over space',
    meaning:
      'What the answer is read from, before the mean over time. max: the largest value over space of each feature, so that a small moving object counts (Benaim et al., CVPR 2020). mean: the mean, as evaluations pool. max needs an encoder with feature maps',
    group: 'model',
    choices: ['max', 'mean'],
    default: 'max',
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** Pixels between two sizes: every encoder takes multiples of it. */
const SIZE_STEP = 16

/** The sizes in one of which a batch is shown; null where all are as they were cut. */
export function inputSizes({
  inputSizeMin,
  inputSizeMax,
}: {
  inputSizeMin: number
  inputSizeMax: number
}): number[] | null {
  if (inputSizeMin === 0) return null
  const first = Math.ceil(inputSizeMin / SIZE_STEP)
  const count = Math.floor(inputSizeMax / SIZE_STEP) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => SIZE_STEP * (first + i))
}

/** The encoder and clips of the paper. */
const BIG: Values = { stride: 1, model: 's3d_g', frames: 64, size: 224, inputSizeMin: 64 }

/** Both speeds of every video are in the batch. Clips of 8 frames at twice the stride fit. */
const SAMPLE: Values = { stride: 1, lr: 0.02 }

function viewsOf({
  fastSpeed,
  speedJitter,
}: {
  fastSpeed: number
  speedJitter: boolean
}): ViewRole[] {
  const fast = FAST.map((factor) => factor * fastSpeed) as [number, number]
  return [
    {
      name: 'normal',
      label: 'Normal clip',
      meaning: 'A clip at its own speed, which the encoder must tell from the fast one',
      variants: [{ speed: speedJitter ? SLOW : 1, answer: 0 }],
    },
    {
      name: 'fast',
      label: 'Fast clip',
      meaning: 'The clip from the same frame on, at the higher speed',
      sameClipAs: 0,
      variants: [{ speed: speedJitter ? fast : fastSpeed, answer: 1 }],
    },
  ]
}

/** SpeedNet (Benaim et al., CVPR 2020): tells clips that are sped up from clips that are not. */
export const speednet = defineMethod({
  label: 'SpeedNet',
  sharesBatches: true,
  meaning: 'Tells whether a clip is sped up (Benaim et al., CVPR 2020)',
  views: viewsOf,
  settings: speednetSettings,
  defaults: { stride: 1 },
  fault({ modality, model, frames, ...own }) {
    if (modality !== 'rgb') {
      return 'modality is flow: flow is measured from each frame to the next, so that it is the same at both speeds. Set modality to rgb.'
    }
    const sizes = inputSizes(own)
    if (!sizes) return null
    if (sizes.length > 0) return clipFault(model, { frames, size: sizes[0] })
    return `inputSizeMin is ${own.inputSizeMin} and inputSizeMax is ${own.inputSizeMax}: no multiple of ${SIZE_STEP} lies between them. Set inputSizeMax higher, or inputSizeMin to 0.`
  },
  metrics: pretextMetrics('whether a clip is sped up'),
  charts: pretextCharts,
  health: ({ batch, accumulate }) =>
    pretextChecks(
      { classes: 2, questions: 2 * batch * accumulate },
      'Start again with a lower learning rate, or with a fast clip that is faster.',
    ),
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return size === 'big' && recipe === 'kinetics' ? { ...BIG, batch: 16 } : { stride: 1 }
  },
  paper: (recipe) => (recipe === 'kinetics' ? { ...BIG, merge: 'none' } : null),
  older: { inputSizeMin: 0, inputSizeMax: 336 },
})
