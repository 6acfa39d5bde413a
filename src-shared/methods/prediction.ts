import type { RecipeName } from '../config/recipes.ts'
import { clipFault } from '../encoders/index.ts'
import type { MetricKind } from '../metrics/catalogue.ts'
import type { HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { CALCULATED } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'

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
      'The decoder gives what is added to the last frame that the encoder has seen. Off: it gives the whole frame, which stays blurred for much longer',
    group: 'method',
    default: true,
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

/** The last frame follows from those before: colours must not change within a clip. */
const AS_RECORDED: Values = { grayscale: 0, jitter: 0, blur: 0 }

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

/** The paper's batch and patches; it has no other data set for pretraining than UCF101 and Sports-1M. */
const PAPERS: Partial<Record<RecipeName, Values>> = {
  ucf101: { ...LARGE, merge: 'none', batch: 8, size: 32 },
}

function scoreMetric(label: string, what: string, unit?: string): MetricKind {
  return {
    label,
    print: 'number',
    ...(unit && { unit }),
    source: 'measured',
    better: 'high',
    meaning: what,
  }
}

const scores = {
  psnr: {
    label: 'PSNR',
    what: 'Peak signal-to-noise ratio of predicted frames, the mean over frames',
    unit: 'dB',
    source: 'By definition: 10 log10(1 / mean squared error)',
  },
  ssim: {
    label: 'SSIM',
    what: 'Structural similarity of predicted and true frames; 1 is the same',
    unit: undefined,
    source: 'Wang et al., IEEE TIP 2004, equation 13',
  },
  sharpness: {
    label: 'Sharpness',
    what: 'How near the changes between neighbouring pixels of predicted frames come to those of true ones',
    unit: 'dB',
    source: 'Mathieu et al., ICLR 2016, section 3.1',
  },
} as const

const scoreMetrics = Object.fromEntries(
  Object.entries(scores).flatMap(([name, { label, what, unit }]) => [
    [name, scoreMetric(label, what, unit)],
    [
      `${name}Copy`,
      scoreMetric(`${label} of a copy`, `${label} of the last frame seen in place of them`, unit),
    ],
  ]),
)

const lossMetric = (label: string, meaning: string): MetricKind => ({
  label,
  print: 'number',
  source: 'measured',
  better: 'low',
  meaning,
})

/** A score must be above that of the copied frame. */
function aboveCopy(name: keyof typeof scores): HealthCheck {
  const { label, source } = scores[name]
  return {
    metric: name,
    min: { metric: `${name}Copy` },
    reason: `Whoever repeats the last frame reaches the ${label} of a copy without having learned anything.`,
    source,
    below: `Predicted frames are no better than a copy of the last frame (${label}), so the encoder has not learned how things move. Let it train longer, or choose a larger stride, with which frames differ more.`,
  }
}

/** Prediction of frames (Mathieu et al., ICLR 2016) from the map of an encoder of clips. */
export const prediction = defineMethod({
  label: 'Frame prediction',
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
  defaults: AS_RECORDED,
  fault({ model, frames, size, future, modality, consistent }) {
    if (modality === 'flow') {
      return 'modality is flow: this method predicts colours. Set modality to rgb.'
    }
    if (!consistent) {
      return 'consistent is false: frames that are changed one by one cannot be predicted. Set consistent to true.'
    }
    if (future >= frames) {
      return `future is ${future} and frames is ${frames}: no frame is left for the encoder. Make frames larger than future.`
    }
    const fault = clipFault(model, { frames: frames - future, size })
    return fault && `The encoder takes ${frames - future} frames. ${fault}`
  },
  metrics: {
    loss: lossMetric('Loss', 'Weighted sum of the losses of the prediction'),
    pixel: lossMetric(
      'Pixel loss',
      'Mean difference of pixels in [-1, 1] to the power p (equation 5 of the paper, divided by the number of values)',
    ),
    edges: lossMetric(
      'Gradient difference',
      'Difference between the changes of neighbouring pixels to the power α (equation 6, divided likewise)',
    ),
    adversarial: {
      ...lossMetric(
        'Adversarial loss',
        'How surely the discriminator takes predicted frames for predicted: its cross-entropy with the opposite answer',
      ),
      unit: 'nats',
    },
    discriminator: {
      ...lossMetric(
        'Discriminator loss',
        'Cross-entropy of the discriminator, the mean over true and predicted frames. log 2 = 0.69 is guessing',
      ),
      unit: 'nats',
    },
    ...scoreMetrics,
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss', 'pixel', 'edges'] },
    {
      name: 'adversarial',
      title: 'Adversarial losses',
      metrics: ['adversarial', 'discriminator'],
      min: 0,
      optional: true,
    },
    ...Object.entries(scores).map(([name, { label }]) => ({
      name,
      title: `${label} of predicted frames`,
      metrics: [name, `${name}Copy`],
    })),
  ],
  pictures: ({ future }) => {
    const frames = future === 1 ? 'frame' : 'frames'
    return [
      { name: 'past', label: 'Seen', meaning: 'The frames that the encoder takes' },
      { name: 'truth', label: 'True', meaning: `The true next ${frames}` },
      { name: 'predicted', label: 'Predicted', meaning: `The predicted next ${frames}` },
      { name: 'copied', label: 'Copied', meaning: 'The last frame that was seen, repeated' },
    ]
  },
  health: () => [
    aboveCopy('psnr'),
    aboveCopy('ssim'),
    aboveCopy('sharpness'),
    {
      metric: 'discriminator',
      min: 0.05,
      max: Math.LN2 + 0.1,
      marks: [{ value: Math.LN2, label: 'chance' }],
      reason:
        'A discriminator that is always right says nothing about how to predict better; one that guesses has a loss of log 2.',
      source: CALCULATED,
      below:
        'The discriminator tells true from predicted frames without fail, so its loss teaches the prediction nothing. Lower discriminatorRate.',
      above:
        'The discriminator is worse than guessing, so its loss misleads the prediction. Lower the learning rate.',
    },
  ],
  scoredFrom: () => 1,
  recipe(recipe) {
    return recipe === 'sample' ? SAMPLE : LARGE
  },
  paper: (recipe) => PAPERS[recipe] ?? null,
  older: {},
})
