import { r2plus1dDesign, sameParameters } from './r2plus1d.ts'

/** torchvision's r2plus1d_18. */
export const r2plus1d18 = r2plus1dDesign({
  stem: 45,
  stages: [64, 128, 256, 512],
  blocks: 2,
  middle: sameParameters,
})
