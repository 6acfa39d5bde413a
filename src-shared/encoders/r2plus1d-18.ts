import type { EncoderDescriptor } from './encoder.ts'
import { kineticsScaling } from './scaling.ts'

/** R(2+1)D-18 (Tran et al., CVPR 2018), as torchvision has it. It pads both sides alike. */
export const r2plus1d18 = {
  label: 'R(2+1)D-18',
  meaning: 'R(2+1)D with 18 layers, as in torchvision',
  featureSize: 512,
  scaling: kineticsScaling,
  map: { time: { first: 0, step: 8 }, space: { first: 0, step: 16 } },
} as const satisfies EncoderDescriptor
