import { r3dDesign } from './r3d.ts'

/** torchvision's r3d_18. */
export const r3d18 = r3dDesign({ stages: [64, 128, 256, 512], blocks: 2 })
