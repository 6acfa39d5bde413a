import type { EncoderDescriptor } from './encoder.ts'

/** The discriminator of Vondrick et al. (NeurIPS 2016) without its last layer. */
export const critic3d = {
  label: 'Critic-3D',
  meaning:
    'Four convolutions of 4x4x4 that halve frames, height and width, with leaky ReLU: the discriminator of Vondrick et al., NeurIPS 2016',
  featureSize: 512,
  scaling: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  map: { time: { first: 7.5, step: 16 }, space: { first: 7.5, step: 16 } },
  least: { frames: 16, size: 16 },
} as const satisfies EncoderDescriptor
