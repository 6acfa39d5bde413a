import type { EncoderDescriptor } from './encoder.ts'
import { vitTiny } from './vit-tiny.ts'

/** The smallest encoder of Tong et al. (NeurIPS 2022). */
export const vitSmall = {
  ...vitTiny,
  label: 'ViT-S',
  meaning:
    'A vision transformer of 12 blocks, 384 wide, over cubes of 2x16x16, as in Tong et al., NeurIPS 2022',
  featureSize: 384,
} as const satisfies EncoderDescriptor
