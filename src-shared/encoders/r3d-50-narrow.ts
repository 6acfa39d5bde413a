import type { EncoderDescriptor } from './encoder.ts'
import { r3d50 } from './r3d-50.ts'

/** R3D-50 with a quarter of its channels and one block a stage, for processors. */
export const r3d50Narrow = {
  label: 'R3D-50 narrow',
  meaning: 'A 3-D ResNet of four bottlenecks, with stages of 64 to 512 channels, for CPUs',
  featureSize: 512,
  scaling: r3d50.scaling,
  map: r3d50.map,
} as const satisfies EncoderDescriptor
