import type { EncoderDescriptor } from './encoder.ts'
import { vitTiny } from './vit-tiny.ts'

/** The encoder of most experiments of Tong et al. (NeurIPS 2022). */
export const vitBase = {
  ...vitTiny,
  label: 'ViT-B',
  meaning:
    'A vision transformer of 12 blocks, 768 wide, over cubes of 2x16x16, as in Tong et al., NeurIPS 2022',
  featureSize: 768,
} as const satisfies EncoderDescriptor
