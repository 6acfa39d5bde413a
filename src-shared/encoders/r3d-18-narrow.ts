import type { EncoderDescriptor } from './encoder.ts'
import { r3d18 } from './r3d-18.ts'

/** R3D-18 with a quarter of its channels and half of its blocks, for processors. */
export const r3d18Narrow = {
  label: 'R3D-18 narrow',
  meaning: 'R3D with stages of 16, 32, 64 and 128 channels, for CPUs',
  featureSize: 128,
  scaling: r3d18.scaling,
  map: r3d18.map,
} as const satisfies EncoderDescriptor
