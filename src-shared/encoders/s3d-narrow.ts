import type { EncoderDescriptor } from './encoder.ts'
import { s3d } from './s3d.ts'

/** S3D with a quarter of its channels, for CPUs. */
export const s3dNarrow = {
  ...s3d,
  label: 'S3D narrow',
  meaning: 'S3D with a quarter of its channels, for CPUs',
  featureSize: 256,
} as const satisfies EncoderDescriptor
