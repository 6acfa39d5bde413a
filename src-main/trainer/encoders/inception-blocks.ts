/** Outputs of one inception block: 1x1; 1x1 then 3x3; 1x1 then 3x3; pooling then 1x1. */
export type InceptionBlock = readonly [number, number, number, number, number, number]

/** Blocks between two poolings, with what their names end in. */
export type InceptionBlocks = readonly (readonly [suffix: string, InceptionBlock])[]

/** The blocks of Inception-V1 (Szegedy et al., CVPR 2015). */
export const inceptionBlocks: readonly [InceptionBlocks, InceptionBlocks, InceptionBlocks] = [
  [
    ['3b', [64, 96, 128, 16, 32, 32]],
    ['3c', [128, 128, 192, 32, 96, 64]],
  ],
  [
    ['4b', [192, 96, 208, 16, 48, 64]],
    ['4c', [160, 112, 224, 24, 64, 64]],
    ['4d', [128, 128, 256, 24, 64, 64]],
    ['4e', [112, 144, 288, 32, 64, 64]],
    ['4f', [256, 160, 320, 32, 128, 128]],
  ],
  [
    ['5b', [256, 160, 320, 32, 128, 128]],
    ['5c', [384, 192, 384, 48, 128, 128]],
  ],
]

/** Channels that a block gives. */
export function outputsOf([single, , second, , third, pooled]: InceptionBlock): number {
  return single + second + third + pooled
}
