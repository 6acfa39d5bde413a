import type { EncoderDescriptor } from './encoder.ts'
import { r2plus1d18 } from './r2plus1d-18.ts'

/** R(2+1)D-18 with a quarter of its channels, for processors. */
export const r2plus1dNarrow = {
  label: 'R(2+1)D-18 narrow',
  meaning: 'R(2+1)D with stages of 16, 32, 64 and 128 channels, for CPUs',
  featureSize: 128,
  scaling: r2plus1d18.scaling,
  map: r2plus1d18.map,
} as const satisfies EncoderDescriptor
