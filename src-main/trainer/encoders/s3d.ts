import { inceptionBlocks } from './inception-blocks.ts'
import { separableDesign } from './separable-inception.ts'

/** S3D as Han et al. (NeurIPS 2020) have it. */
export const s3d = separableDesign({
  stem: 64,
  before: 192,
  blocks: inceptionBlocks,
  gated: false,
})
