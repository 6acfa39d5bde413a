import type { EncoderDescriptor } from './encoder.ts'
import { imagenetScaling } from './scaling.ts'
import { tubelet } from './tubelet.ts'

/** The smallest vision transformer (Touvron et al., ICML 2021), with the tokens of Tong et al. (NeurIPS 2022). */
export const vitTiny = {
  label: 'ViT-Ti',
  meaning: 'A vision transformer of 12 blocks, 192 wide, over cubes of 2x16x16, for CPUs',
  featureSize: 192,
  scaling: imagenetScaling,
  map: { time: { first: 0.5, step: 2 }, space: { first: 7.5, step: 16 } },
  least: tubelet,
  cube: tubelet,
} as const satisfies EncoderDescriptor
