import { kerasResnet } from './keras-resnet.ts'

/**
 * For small machines: a quarter of the channels, one bottleneck a stage. Its running statistics move
 * by a tenth, since a short run is over before smaller moves have gone the way.
 */
export const r3d50Narrow = kerasResnet({
  stem: 16,
  stages: [16, 32, 64, 128],
  blocks: [1, 1, 1, 1],
  momentum: 0.1,
})
