import { inceptionBlocks } from './inception-blocks.ts'
import { separableDesign } from './separable-inception.ts'

/** CoCLR's S3D. */
export const s3d = separableDesign({
  stem: 64,
  before: 192,
  blocks: inceptionBlocks,
  gated: false,
})
