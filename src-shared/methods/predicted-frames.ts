/** What frame prediction measures, and how its metrics should stand. */
import type { ChartKind, MetricKind } from '../metrics/catalogue.ts'
import type { HealthCheck } from '../metrics/health.ts'
import { CALCULATED, withoutRange } from './healthy.ts'

/** dB of PSNR that a prediction must be better than a copy. */
const LEAST_GAIN = 0.1

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
    below: `Predicted frames are no better than a copy of the last frame (${label}), so they do not show how things move. Let it train longer, or choose a larger stride, with which frames differ more.`,
  }
}

/** Losses, and scores each with that of a copied frame. */
export const predictionMetrics: Readonly<Record<string, MetricKind>> = {
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
  gain: scoreMetric(
    'Gain over a copy',
    'PSNR of the predicted frames less that of a copy of the last frame',
    'dB',
  ),
  ...scoreMetrics,
}

export const predictionCharts: readonly ChartKind[] = [
  { name: 'loss', title: 'Loss', metrics: ['loss', 'pixel', 'edges'] },
  {
    name: 'adversarial',
    title: 'Adversarial losses',
    metrics: ['adversarial', 'discriminator'],
    min: 0,
    optional: true,
  },
  { name: 'gain', title: 'Gain over a copy of the last frame', metrics: ['gain'] },
  ...Object.entries(scores).map(([name, { label }]) => ({
    name,
    title: `${label} of predicted frames`,
    metrics: [name, `${name}Copy`],
  })),
]

export const predictionChecks: readonly HealthCheck[] = [
  {
    metric: 'gain',
    min: LEAST_GAIN,
    marks: [{ value: 0, label: 'copy' }],
    reason: `A copy of the last frame has a gain of 0 dB without anything learned. Less than ${LEAST_GAIN} dB can come from blurring that copy a little.`,
    source: CALCULATED,
    below:
      'Predicted frames are no better than a copy of the last frame, so they do not show how things move. Let it train longer, or choose a larger stride, with which frames differ more.',
  },
  ...(['psnr', 'ssim', 'sharpness'] as const).flatMap((name) => [
    aboveCopy(name),
    withoutRange(
      `${name}Copy`,
      'It follows from the clips alone and is what the predicted frames are compared with.',
    ),
  ]),
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
  withoutRange('adversarial', 'It rises and falls with the discriminator, whose range is given.'),
  withoutRange('loss', 'It is a sum of losses, whose scale depends on the clips.'),
  withoutRange('pixel', 'It depends on how much the clips move; PSNR is compared with a copy.'),
  withoutRange('edges', 'It depends on how fine the clips are; sharpness is compared with a copy.'),
]
