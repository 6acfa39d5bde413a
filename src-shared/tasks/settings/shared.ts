import {
  averageSetting,
  featureSettings,
  optimiserSettings,
  stepSettings,
} from './classifier-settings.ts'
import { clipSettings } from './clip-settings.ts'
import { streamSettings } from './stream-settings.ts'
import { labelSettings } from './label-settings.ts'
import type { EvaluationTable } from './setting.ts'

export const seedSetting = {
  type: 'int',
  label: 'Seed',
  meaning:
    "Seed of the order of clips, of all other random choices and of the weights of a randomly initialised encoder; 0 uses the run's seed",
  min: 0,
  max: 2_147_483_647,
  default: 0,
} as const satisfies EvaluationTable[string]

/**
 * Settings that several tasks have. An evaluation by a task without one is stored with the default
 * here; a task that has it may state another default.
 */
export const sharedSettings = {
  ...streamSettings,
  ...clipSettings,
  average: averageSetting,
  ...labelSettings,
  ...featureSettings,
  ...optimiserSettings,
  ...stepSettings,
  seed: seedSetting,
} as const satisfies EvaluationTable
