import { clipFault } from '../encoders/index.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { AS_RECORDED } from './as-recorded.ts'
import { defineMethod, type Values } from './method.ts'
import { predictionCharts, predictionChecks, predictionMetrics } from './predicted-frames.ts'

export const predictionSettings = {
  future: {
    type: 'int',
    label: 'Frames to predict',
    meaning:
      'How many of the last frames of a clip are predicted from those before; the encoder takes the others, so clips of 5 frames show it 4. More frames are harder',
    group: 'method',
    unit: 'frames',
    min: 1,
    max: 8,
    default: 1,
  },
  residual: {
    type: 'flag',
    label: 'Change of the last frame',
    meaning:
      'The decoder gives what is added to the last frame that the encoder has seen. Frames are then about as good as a copy from the first step on, but may stay so. Off: it gives the whole frame, which is blurred, and the encoder has more to learn',
    group: 'method',
    default: false,
  },
  power: {
    type: 'int',
    label: 'Power of the pixel loss p',
    meaning: '2: squared differences of pixels. 1: absolute ones, which blur less',
    group: 'method',
    min: 1,
    max: 2,
    default: 2,
  },
  edges: {
    type: 'number',
    label: 'Weight of the gradient difference',
    meaning:
      'Weight of the loss that compares the changes between neighbouring pixels, beside the pixel loss, which has 1',
    group: 'method',
    min: 0,
    max: 100,
    default: 1,
  },
  edgePower: {
    type: 'int',
    label: 'Power of the gradient difference α',
    meaning: '1: absolute differences of changes. 2: squared ones',
    group: 'method',
    min: 1,
    max: 2,
    default: 1,
  },
  adversarial: {
    type: 'number',
    label: 'Adversarial weight',
    meaning:
      'Weight of the loss by a discriminator that tells predicted frames from true ones; 0 trains without it. The pixel losses are means over pixels here',
    group: 'method',
    min: 0,
    max: 100,
    default: 0.05,
  },
  discriminatorRate: {
    type: 'number',
    label: 'Learning rate of the discriminator',
    meaning: 'Factor on the learning rate of the run',
    group: 'optimiser',
    min: 0,
    max: 1000,
    default: 1,
  },
  width: {
    type: 'int',
    label: 'Decoder width',
    meaning:
      'Channels before the last layer of the decoder and after the first of the discriminator; their other layers have up to 256 and 8 times as many',
    group: 'model',
    min: 4,
    max: 128,
    default: 32,
  },
} as const satisfies PretrainTable

const SAMPLE: Values = {
  optimiser: 'adam',
  lr: 2e-3,
  weightDecay: 0,
  frames: 5,
  width: 16,
  batch: 32,
}

/** Four frames are seen and the fifth is predicted, as in the paper. */
const LARGE: Values = {
  optimiser: 'adam',
  lr: 4e-5,
  weightDecay: 0,
  schedule: 'constant',
  frames: 5,
  stride: 1,
}

/** Prediction of frames (Mathieu et al., ICLR 2016) from the map of an encoder of clips. */
export const prediction = defineMethod({
  label: 'Frame prediction',
  sharesBatches: true,
  meaning:
    'Predicts the next frames of a clip, also against a discriminator (Mathieu et al., ICLR 2016)',
  views: () => [
    {
      name: 'clip',
      label: 'Clip',
      meaning: 'One clip of the video: the encoder takes its first frames, the last are predicted',
    },
  ],
  settings: predictionSettings,
  // What is predicted is what was filmed.
  defaults: AS_RECORDED,
  fault({ model, frames, size, future, modality, consistent, coloursByFrame, frameMix }) {
    if (modality === 'flow') {
      return 'modality is flow: this method predicts colours. Set modality to rgb.'
    }
    if (!consistent || coloursByFrame) {
      return 'consistent is false or coloursByFrame is true: frames that are changed one by one cannot be predicted. Set consistent to true and coloursByFrame to false.'
    }
    if (frameMix > 0) {
      return 'frameMix is not 0: it would mix frames that are to be predicted into those that the encoder sees. Set frameMix to 0.'
    }
    if (future >= frames) {
      return `future is ${future} and frames is ${frames}: no frame is left for the encoder. Make frames larger than future.`
    }
    const fault = clipFault(model, { frames: frames - future, size })
    return fault && `The encoder takes ${frames - future} frames. ${fault}`
  },
  metrics: predictionMetrics,
  charts: predictionCharts,
  pictures: ({ future }) => {
    const frames = future === 1 ? 'frame' : 'frames'
    return [
      { name: 'past', label: 'Seen', meaning: 'The frames that the encoder takes' },
      { name: 'truth', label: 'True', meaning: `The true next ${frames}` },
      { name: 'predicted', label: 'Predicted', meaning: `The predicted next ${frames}` },
      { name: 'copied', label: 'Copied', meaning: 'The last frame that was seen, repeated' },
    ]
  },
  health: () => predictionChecks,
  scoredFrom: () => 1,
  recipe(recipe) {
    return recipe === 'sample' ? SAMPLE : LARGE
  },
  // The paper has no encoder of clips.
  paper: () => null,
  older: {},
})
