/** What an evaluation looks at: which videos, and which clips of them. */
import type { EvaluationTable } from './setting.ts'

/** Which videos are tested. */
export const splitSettings = {
  splitList: {
    type: 'choice',
    label: 'Split list',
    meaning: "Which of a data set's three split lists to use; 0 is the one it was indexed with",
    choices: [0, 1, 2, 3],
    default: 0,
  },
  split: {
    type: 'choice',
    label: 'Tested on',
    meaning:
      "The test split, or a held-out quarter of each class's training videos. Choose settings on the held-out videos and use the test split once",
    choices: ['test', 'validation'],
    default: 'test',
  },
  splitSeed: {
    type: 'int',
    label: 'Validation seed',
    meaning: 'Draws the training videos that validation holds out',
    min: 1,
    max: 2_147_483_647,
    default: 1,
    where: { setting: 'split', is: 'validation' },
  },
  tag: {
    type: 'text',
    label: 'Test videos with the tag',
    meaning:
      'Test only on videos that have this tag; leave it empty to test on all. Training videos stay the same',
    max: 100,
    default: '',
  },
} as const satisfies EvaluationTable

export const clipsSetting = {
  type: 'int',
  label: 'Clips per video',
  meaning: 'Evenly spaced clips of each video; their answers are averaged',
  unit: 'clips',
  min: 1,
  max: 100,
  default: 10,
} as const satisfies EvaluationTable[string]

/** Of a task that averages over several clips and crops of a video. */
export const clipSettings = {
  clips: clipsSetting,
  crops: {
    type: 'choice',
    label: 'Crops per clip',
    meaning: 'One centre crop, or three crops along the longer side of the frame',
    choices: [1, 3],
    default: 1,
  },
  testClips: {
    type: 'choice',
    label: 'Clip geometry',
    meaning:
      "fitted: the short side is scaled to the crop size, and clips reach from the first frame to the last. reference: as in the reference's eval.py, the centre is cut out of frames as they are, and videos shorter than frames × stride are left out",
    choices: ['fitted', 'reference'],
    default: 'fitted',
  },
  ...splitSettings,
} as const satisfies EvaluationTable
