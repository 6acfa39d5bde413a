import { vitDesign } from './vit.ts'

export const vitTiny = vitDesign({ width: 192, heads: 3, blocks: 12 })
