import { centredPadding } from '../engine/ops/padding.ts'
import { kaimingNormal } from '../networks/initial.ts'
import { bottleneckDesign } from './bottleneck-resnet.ts'

/**
 * The Slow pathway of SlowFast alone (Feichtenhofer et al., ICCV 2019), under PySlowFast's names. No
 * layer halves the frames, and each bottleneck begins as its shortcut.
 */
export const slow50 = bottleneckDesign({
  stem: { channels: 64, kernel: [1, 7, 7], stride: [1, 2, 2] },
  stages: [64, 128, 256, 512],
  blocks: [3, 4, 6, 3],
  padding: centredPadding,
  initial: () => kaimingNormal,
  norm: { epsilon: 1e-5, momentum: 0.1 },
  lastScale: 0,
  names: {
    stem: ['s1.pathway0_stem.conv', 's1.pathway0_stem.bn'],
    block: (stage, block) => `s${stage + 2}.pathway0_res${block}`,
    body: [
      ['branch2.a', 'branch2.a_bn'],
      ['branch2.b', 'branch2.b_bn'],
      ['branch2.c', 'branch2.c_bn'],
    ],
    shortcut: ['branch1', 'branch1_bn'],
    isShortcutFirst: true,
  },
})
