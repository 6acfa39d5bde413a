import type { EncoderDescriptor } from './encoder.ts'
import { kineticsScaling } from './scaling.ts'

/** R3D-18 (Tran et al., CVPR 2018), as torchvision has it. It pads both sides alike. */
export const r3d18 = {
  label: 'R3D-18',
  meaning: 'R3D with 18 layers, as in torchvision: every convolution spans three frames',
  featureSize: 512,
  scaling: kineticsScaling,
  map: { time: { first: 0, step: 8 }, space: { first: 0, step: 16 } },
} as const satisfies EncoderDescriptor
