import type { EvaluationSetting } from '../evaluation-setting.ts'
import { PROTOCOLS, type Protocol } from '../protocols.ts'

/** Those whose clips are cut as `testClips` says. */
const cut = ['linear', 'knn', 'retrieval', 'finetune', 'map'] as const satisfies readonly Protocol[]

/** Those that look at several clips of a video. */
const clipwise = PROTOCOLS.filter((name) => name !== 'activation' && name !== 'kernels')

/** What an evaluation looks at: clips, crops, and which videos. */
export const clipRows = {
  clips: {
    type: 'int',
    label: 'Clips per video',
    meaning: 'Evenly spaced clips of each video; their answers are averaged',
    protocols: clipwise,
    unit: 'clips',
    min: 1,
    max: 100,
    default: 10,
  },
  crops: {
    type: 'choice',
    label: 'Crops per clip',
    meaning: 'One crop of the centre, or three along the longer side of the frame',
    protocols: clipwise.filter((name) => name !== 'background'),
    choices: [1, 3],
    default: 1,
  },
  testClips: {
    type: 'choice',
    label: 'Clip geometry',
    meaning:
      "fitted: the short side is scaled to the crop size, and clips reach from the first frame to the last. reference: as in the reference's eval.py, the centre is cut out of frames as they are, and videos shorter than frames × stride are left out",
    protocols: cut,
    choices: ['fitted', 'reference'],
    default: 'fitted',
  },
  splitList: {
    type: 'choice',
    label: 'Split list',
    meaning: "Which of a data set's three split lists; 0 is the one it was indexed with",
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: [0, 1, 2, 3],
    default: 0,
  },
  split: {
    type: 'choice',
    label: 'Tested on',
    meaning:
      "The test split, or a quarter of each class's training videos, held out: choose settings on those, and look at the test split once",
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: ['test', 'validation'],
    default: 'test',
  },
  splitSeed: {
    type: 'int',
    label: 'Validation seed',
    meaning: 'Draws the training videos that validation holds out',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    min: 1,
    max: 2_147_483_647,
    default: 1,
    where: { setting: 'split', is: 'validation' },
  },
  tag: {
    type: 'text',
    label: 'Test videos with the tag',
    meaning:
      'Tests only on videos that have this tag; empty: on all. Training videos stay the same',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    max: 100,
    default: '',
  },
} as const satisfies Record<string, EvaluationSetting>
