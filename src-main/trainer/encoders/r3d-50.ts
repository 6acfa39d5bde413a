import { kerasResnet } from './keras-resnet.ts'

/** R3D-50 (Qian et al., CVPR 2021). Its running statistics move by a hundredth, as Keras has it with momentum 0.99. */
export const r3d50 = kerasResnet({
  stem: 64,
  stages: [64, 128, 256, 512],
  blocks: [3, 4, 6, 3],
  momentum: 0.01,
})
