import type { EncoderDescriptor } from './encoder.ts'
import { s3d } from './s3d.ts'

/** S3D-G (Xie et al., ECCV 2018), as Han et al. (NeurIPS 2020) have it. */
export const s3dG = {
  ...s3d,
  label: 'S3D-G',
  meaning: 'S3D whose channels are gated by their mean over space and time',
} as const satisfies EncoderDescriptor
