/**
 * The one table of what can be set for an evaluation. Form, flags, validation, the stored evaluation
 * and the sentence that states the protocol all read it. A setting that comes later must stand, by
 * default, at what evaluations did before it came: stored ones are read with the defaults.
 */
import type { EvaluationSetting } from './evaluation-setting.ts'
import { classifierRows } from './evaluation-rows/classifier-rows.ts'
import { clipRows } from './evaluation-rows/clip-rows.ts'
import { explainRows } from './evaluation-rows/explain-rows.ts'
import { neighbourRows } from './evaluation-rows/neighbour-rows.ts'
import { PROTOCOLS } from './protocols.ts'

export const evaluationSettings = {
  ...clipRows,
  ...neighbourRows,
  ...classifierRows,
  ...explainRows,
  seed: {
    type: 'int',
    label: 'Seed',
    meaning:
      "Order of the clips, whatever else is drawn, and the weights of a randomly initialised encoder; 0 takes the run's",
    protocols: PROTOCOLS,
    min: 0,
    max: 2_147_483_647,
    default: 0,
  },
} as const satisfies Record<string, EvaluationSetting>
