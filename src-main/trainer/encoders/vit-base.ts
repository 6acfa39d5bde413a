import { vitDesign } from './vit.ts'

export const vitBase = vitDesign({ width: 768, heads: 12, blocks: 12 })
