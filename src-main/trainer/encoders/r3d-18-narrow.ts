import { r3dDesign } from './r3d.ts'

/** For small machines: a quarter of the channels, one block a stage. */
export const r3d18Narrow = r3dDesign({ stages: [16, 32, 64, 128], blocks: 1 })
