import { vitDesign } from './vit.ts'

export const vitSmall = vitDesign({ width: 384, heads: 6, blocks: 12 })
