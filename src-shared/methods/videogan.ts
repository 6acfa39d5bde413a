import type { PretrainTable } from '../settings/pretraining.ts'
import { CALCULATED, withoutRange } from './healthy.ts'
import { AS_RECORDED } from './as-recorded.ts'
import { defineMethod, type Values } from './method.ts'

export const videoganSettings = {
  noise: {
    type: 'int',
    label: 'Length of the noise',
    meaning: 'Random numbers that the generator makes a clip of',
    group: 'model',
    min: 1,
    max: 1000,
    default: 100,
  },
  width: {
    type: 'int',
    label: 'Generator width',
    meaning: 'Channels before the last layer of the generator; its first layer has 8 times as many',
    group: 'model',
    min: 4,
    max: 128,
    default: 64,
  },
  maskPenalty: {
    type: 'number',
    label: 'Mask penalty',
    meaning:
      'Weight of the mean of the mask in the loss of the generator, so that what can stand still is left to the background',
    group: 'method',
    min: 0,
    max: 100,
    default: 0.1,
  },
  beta1: {
    type: 'number',
    label: 'Adam’s β1',
    meaning:
      'Decay rate of the running mean of gradients, for both networks, where the optimiser is adam or adamw',
    group: 'optimiser',
    min: 0,
    max: 0.9999,
    default: 0.5,
  },
} as const satisfies PretrainTable

/** The paper's networks and optimiser. */
const AS_IN_PAPER: Values = {
  model: 'critic_3d',
  frames: 32,
  size: 64,
  optimiser: 'adam',
  lr: 2e-4,
  weightDecay: 0,
  schedule: 'constant',
}

/** How often an axis of a generated clip is doubled at most. */
export const DOUBLINGS = 4

/** Largest axes of the generator's first map: its kernel is as large. That of 448 px has 28. */
const MOST_FIRST = { frames: 8, size: 28 }

/** How an axis of a generated clip comes about: its length at first, doubled as long as it stays whole. */
export function growthOf(length: number): { first: number; doublings: number } {
  let doublings = 0
  while (doublings < DOUBLINGS && length % 2 ** (doublings + 1) === 0) doublings++
  return { first: length / 2 ** doublings, doublings }
}

/** Why the generator's first layer would be too large for clips of this size; null where it is not. */
function sizeFault(clip: { frames: number; size: number }): string | null {
  for (const axis of ['frames', 'size'] as const) {
    const { first } = growthOf(clip[axis])
    if (first > MOST_FIRST[axis]) {
      const unit = axis === 'frames' ? 'frames' : 'pixels'
      return `${axis} is ${clip[axis]}: the generator doubles an axis up to ${DOUBLINGS} times while its size is even, so its first layer would be ${first} ${unit} large, and ${MOST_FIRST[axis]} are the most. Set ${axis} to a multiple of ${2 ** DOUBLINGS}.`
    }
  }
  return null
}

const SAMPLE: Values = {
  ...AS_IN_PAPER,
  model: 'critic_3d_narrow',
  frames: 16,
  size: 48,
  width: 16,
  batch: 16,
  epochs: 60,
}

/** VideoGAN (Vondrick et al., NeurIPS 2016): the discriminator of generated clips is the encoder. */
export const videogan = defineMethod({
  label: 'VideoGAN',
  meaning:
    'Tells real clips from those that a generator makes of noise, moving things before a still background (Vondrick et al., NeurIPS 2016)',
  views: () => [
    {
      name: 'clip',
      label: 'Clip',
      meaning: 'One clip of the video: a real one for the discriminator',
    },
  ],
  settings: videoganSettings,
  // What is real must look real.
  defaults: { ...AS_IN_PAPER, ...AS_RECORDED },
  fault: ({ modality, frames, size }) =>
    modality === 'flow'
      ? 'modality is flow: this method makes clips of colours. Set modality to rgb.'
      : sizeFault({ frames, size }),
  metrics: {
    loss: {
      label: 'Loss',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      meaning:
        'Cross-entropy of the discriminator, the mean over real and generated clips. log 2 = 0.69 is guessing; near 0 the generator learns nothing. It says little of how good the encoder is, so no value counts as best',
      scoredLate: true,
    },
    generator: {
      label: 'Generator loss',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      meaning:
        'Cross-entropy of the discriminator’s answers on generated clips with the answer real: high where it is not deceived',
    },
    told: {
      label: 'Told apart',
      print: 'percent',
      source: 'measured',
      meaning:
        'Share of real and generated clips that the discriminator tells rightly; 50 % is guessing',
    },
    mask: {
      label: 'Mask',
      print: 'percent',
      source: 'measured',
      meaning: 'Share of generated clips that is foreground, the mean of the mask',
    },
  },
  charts: [
    { name: 'loss', title: 'Adversarial losses', metrics: ['loss', 'generator'], min: 0 },
    { name: 'told', title: 'Clips told apart', metrics: ['told'], min: 0, max: 1 },
    { name: 'mask', title: 'Foreground of generated clips', metrics: ['mask'], min: 0, max: 1 },
  ],
  pictures: () => [
    { name: 'sample', label: 'Sample', meaning: 'A clip that the generator makes of noise' },
    { name: 'foreground', label: 'Foreground', meaning: 'The moving stream' },
    { name: 'mask', label: 'Mask', meaning: 'White where the foreground is seen' },
    { name: 'background', label: 'Background', meaning: 'The still stream, one picture' },
  ],
  health: () => [
    {
      metric: 'loss',
      min: 0.05,
      max: Math.LN2 + 0.3,
      marks: [{ value: Math.LN2, label: 'chance' }],
      reason:
        'If the discriminator guesses, its loss is log 2 = 0.69. Near 0 it is always right, and its slope, which teaches the generator, vanishes.',
      source: 'Goodfellow et al., NeurIPS 2014, section 3; the limits by calculation',
      below:
        'The discriminator tells real from generated clips without fail, so the generator learns nothing, and neither does the encoder from it. Lower the learning rate or make the generator wider.',
      above:
        'The discriminator is worse than guessing, so neither network learns. Lower the learning rate.',
    },
    {
      metric: 'told',
      min: 0.4,
      max: 0.98,
      marks: [{ value: 0.5, label: 'chance' }],
      reason:
        'A guess is right in half of the cases. A discriminator that is right in nearly all has nothing left to learn.',
      source: CALCULATED,
      below:
        'The discriminator is mostly wrong, so it has not followed the generator. Lower the learning rate.',
      above:
        'The discriminator is right on nearly every clip, so the generator learns nothing. Lower the learning rate or make the generator wider.',
    },
    withoutRange('generator', 'It rises and falls against the loss of the discriminator.'),
    withoutRange('mask', 'It depends on how much of the clips moves.'),
  ],
  scoredFrom: () => Number.MAX_SAFE_INTEGER,
  recipe(recipe, _, machine) {
    if (machine !== 'cpu') return AS_IN_PAPER
    return recipe === 'sample' ? SAMPLE : { ...AS_IN_PAPER, model: 'critic_3d_narrow', width: 16 }
  },
  // The paper trains on two million clips from Flickr.
  paper: () => null,
  older: {},
})
