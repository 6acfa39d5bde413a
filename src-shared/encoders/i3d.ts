import type { EncoderDescriptor } from './encoder.ts'
import { kineticsScaling } from './scaling.ts'

/** I3D (Carreira and Zisserman, CVPR 2017). It pads as TensorFlow does, more behind than before. */
export const i3d = {
  label: 'I3D',
  meaning: 'Inflated Inception-V1',
  featureSize: 1024,
  scaling: kineticsScaling,
  map: { time: { first: 5, step: 8 }, space: { first: 23, step: 32 } },
} as const satisfies EncoderDescriptor
