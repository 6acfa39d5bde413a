import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type PictureRow, type Values, type ViewRole } from './method.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'
import { withoutRange } from './healthy.ts'

export const prpSettings = {
  rates: {
    type: 'int',
    label: 'Rates',
    meaning:
      'How many playback rates there are to tell apart, each twice the one before, from the stride itself on: 4 are 1, 2, 4 and 8 times the stride',
    group: 'method',
    min: 2,
    max: 4,
    default: 4,
  },
  rateWeight: {
    type: 'number',
    label: 'Weight of the rates',
    meaning:
      'Weight of the cross-entropy of the rates beside the reconstruction, whose weight is 1; 0.1 in Yao et al., CVPR 2020',
    group: 'method',
    min: 0,
    max: 10,
    default: 0.1,
  },
  motionAttention: {
    type: 'flag',
    label: 'Motion attention',
    meaning:
      'Weight the error of each pixel by how much it moves, from 0.8 where nothing moves to 2 where most does',
    group: 'method',
    default: true,
  },
  decoderWidth: {
    type: 'int',
    label: 'Decoder width',
    meaning: 'Channels of the decoder before its last layer; they double with each layer before',
    group: 'model',
    min: 4,
    max: 256,
    default: 16,
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** As its code trains on UCF101. It lowers the rate where the loss stops falling; here it falls in steps. */
const LARGE: Values = { lr: 0.01, epochs: 300, stride: 1 }
const BIG: Values = { ...LARGE, frames: 16, size: 112, batch: 8 }

/**
 * Clips of 8 frames at 8 times the stride just fit into the videos. The rates weigh as much as the
 * reconstruction: a run is so short that with a tenth it ends before it tells rates apart.
 */
const SAMPLE: Values = { stride: 1, lr: 0.02, rateWeight: 1, decoderWidth: 8 }

const PICTURES: readonly PictureRow[] = [
  {
    name: 'truth',
    label: 'Twice as many frames',
    meaning: 'The frames of the clip and those between',
  },
  {
    name: 'made',
    label: 'Reconstruction',
    meaning: 'What the decoder makes of the features of the clip',
  },
]

function viewsOf({ rates }: { rates: number }): ViewRole[] {
  return [
    {
      name: 'paced',
      label: 'Clip at a rate',
      meaning: 'A clip at one of the playback rates, the input of the encoder',
      variants: Array.from({ length: rates }, (_, k) => ({ speed: 2 ** k })),
    },
    {
      name: 'between',
      label: 'Frames between',
      meaning: 'The frames halfway between those of the clip, which the decoder must find',
      sameClipAs: 0,
      isBetween: true,
    },
  ]
}

/** PRP (Yao et al., CVPR 2020): tells the playback rate of a clip and plays it at half of it. */
export const prp = defineMethod({
  label: 'PRP',
  sharesBatches: true,
  meaning:
    'Tells the playback rate of a clip and reconstructs the frames between its frames (Yao et al., CVPR 2020)',
  views: viewsOf,
  settings: prpSettings,
  defaults: { stride: 1 },
  fault({ modality, consistent, coloursByFrame, frameMix }) {
    if (modality === 'flow') {
      return 'modality is flow: PRP reconstructs colours. Set modality to rgb.'
    }
    if (frameMix > 0) {
      return 'frameMix is not 0: PRP would reconstruct a mixture of frames. Set frameMix to 0.'
    }
    if (consistent && !coloursByFrame) return null
    return 'consistent is false or coloursByFrame is true: the frames between others can be told only if all have the same crop and colours. Set consistent to true and coloursByFrame to false.'
  },
  metrics: {
    ...pretextMetrics('at which of the rates a clip plays'),
    loss: {
      label: 'Loss',
      print: 'number',
      source: 'measured',
      better: 'low',
      meaning: 'Reconstruction error plus the weighted cross-entropy of the rates',
    },
    rateLoss: {
      label: 'Loss of the rates',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      meaning: 'Cross-entropy of the playback rates, before its weight',
    },
    reconstruction: {
      label: 'Reconstruction error',
      print: 'number',
      source: 'measured',
      better: 'low',
      meaning:
        'Mean squared difference of scaled colours between the decoder’s clip and the true one, weighted by motion; frames that the video does not have are left out',
    },
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss', 'rateLoss', 'reconstruction'], min: 0 },
    ...pretextCharts.filter(({ name }) => name !== 'loss'),
  ],
  pictures: () => PICTURES,
  health({ rates, batch, accumulate }) {
    const remedy = 'Start again with a lower learning rate, or with fewer rates.'
    const checks = pretextChecks({ classes: rates, questions: batch * accumulate }, remedy)
    return [
      ...checks.map((check) =>
        check.metric === 'loss' ? { ...check, metric: 'rateLoss' } : check,
      ),
      ...['loss', 'reconstruction'].map((metric) =>
        withoutRange(
          metric,
          'Colours that are easy to reconstruct have a small error from the beginning, so that it has no range.',
        ),
      ),
    ]
  },
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return size === 'big' && recipe === 'ucf101' ? BIG : LARGE
  },
  paper: (recipe) => (recipe === 'ucf101' ? { ...BIG, merge: 'none' } : null),
  older: {},
})
