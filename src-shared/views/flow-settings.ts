import { FLOW_SIZE } from '../flow/flow-size.ts'
import { DEFAULT_FLOW, FLOW_ALGORITHMS } from '../flow/names.ts'
import type { PretrainTable } from '../settings/pretraining.ts'

/** What the frames of clips are made of. */
export const flowSettings = {
  modality: {
    type: 'choice',
    label: 'Modality',
    meaning:
      'rgb: colours. flow: optical flow from each frame to the next as u, v and a constant third channel; changes of colours and blurs do not apply to it',
    group: 'data',
    choices: ['rgb', 'flow'],
    default: 'rgb',
  },
  flowAlgorithm: {
    type: 'choice',
    label: 'Flow algorithm',
    meaning:
      'Algorithm of the optical flow, where clips are flow. tvl1 is the one that two-stream networks use; it is slow, so compute it ahead with bin/fame flow',
    group: 'data',
    choices: FLOW_ALGORITHMS,
    default: DEFAULT_FLOW,
  },
  flowSize: {
    type: 'int',
    label: 'Size of flow',
    meaning:
      'Short side of the frames between which flow is computed, and in whose pixels it is clipped to ±20; a smaller video keeps its size. Only where clips are flow',
    group: 'data',
    unit: 'px',
    min: 16,
    max: 512,
    default: FLOW_SIZE,
  },
  flowFlip: {
    type: 'choice',
    label: 'Flipped flow',
    meaning:
      'What a horizontal flip does to the motion. negate: what moved to the right moves to the left. keep: u stays as it was, as in the code of Han et al. (NeurIPS 2020)',
    group: 'augmentation',
    choices: ['negate', 'keep'],
    default: 'negate',
  },
} as const satisfies PretrainTable
