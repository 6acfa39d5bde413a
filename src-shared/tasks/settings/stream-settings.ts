/** Which network of a run with two streams is evaluated. */
import type { EvaluationTable } from './setting.ts'

export const streamSettings = {
  stream: {
    type: 'choice',
    label: 'Stream',
    meaning:
      'Which network is evaluated, for a run that trains one on colours and one on optical flow. rgb: that of colours. flow: that of flow, on flow of the same videos. both: their answers together. A run with one network has no choice',
    choices: ['rgb', 'flow', 'both'],
    default: 'rgb',
  },
} as const satisfies EvaluationTable
