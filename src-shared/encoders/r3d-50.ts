import type { EncoderDescriptor } from './encoder.ts'
import { unitScaling } from './scaling.ts'

/**
 * R3D-50 (Qian et al., CVPR 2021). It pads as TensorFlow does; with even sizes, fewer zeros
 * before than after.
 */
export const r3d50 = {
  label: 'R3D-50',
  meaning: 'A 3-D ResNet-50, as in Qian et al., CVPR 2021',
  featureSize: 2048,
  scaling: unitScaling,
  // Every halving shifts what a residual branch sees by half a step and its shortcut not at all: cells
  // lie from 3 to 31 pixels in, taken here in the middle.
  map: { time: { first: 1, step: 2 }, space: { first: 17, step: 32 } },
} as const satisfies EncoderDescriptor
