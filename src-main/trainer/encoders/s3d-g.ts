import { inceptionBlocks } from './inception-blocks.ts'
import { separableDesign } from './separable-inception.ts'

/** CoCLR's S3D with gates. */
export const s3dG = separableDesign({ stem: 64, before: 192, blocks: inceptionBlocks, gated: true })
