import type { EncoderDescriptor } from './encoder.ts'

/** The Slow pathway of SlowFast alone (Feichtenhofer et al., ICCV 2019). It pads both sides alike. */
export const slow50 = {
  label: 'Slow-only R50',
  meaning: 'The Slow pathway of SlowFast with 50 layers, which keeps all frames',
  featureSize: 2048,
  scaling: { mean: [0.45, 0.45, 0.45], deviation: [0.225, 0.225, 0.225] },
  map: { time: { first: 0, step: 1 }, space: { first: 0, step: 32 } },
} as const satisfies EncoderDescriptor
