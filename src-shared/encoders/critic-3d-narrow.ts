import { critic3d } from './critic-3d.ts'
import type { EncoderDescriptor } from './encoder.ts'

/** A quarter of its channels, for processors. */
export const critic3dNarrow = {
  ...critic3d,
  label: 'Critic-3D narrow',
  meaning: 'Critic-3D with 16, 32, 64 and 128 channels, for CPUs',
  featureSize: 128,
} as const satisfies EncoderDescriptor
