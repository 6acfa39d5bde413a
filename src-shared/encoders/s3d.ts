import type { EncoderDescriptor } from './encoder.ts'
import { imagenetScaling } from './scaling.ts'

/** S3D (Xie et al., ECCV 2018), as Han et al. (NeurIPS 2020) have it. It pads both sides alike, unlike the original. */
export const s3d = {
  label: 'S3D',
  meaning:
    'Inception with separable convolutions over space and time, as in Han et al., NeurIPS 2020',
  featureSize: 1024,
  scaling: imagenetScaling,
  map: { time: { first: 2, step: 8 }, space: { first: 8, step: 32 } },
  least: { frames: 5, size: 17 },
} as const satisfies EncoderDescriptor
