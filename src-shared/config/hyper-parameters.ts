/**
 * The one table of pretraining hyper-parameters. Form, `--set` flags, validation, checkpoint and
 * documentation all read it. Defaults are the reference recipe on UCF101 (Ding et al., CVPR 2022).
 */
import { clipParameters, MASK_VARIANTS, MODELS } from './parameters/clip-parameters.ts'
import type { HyperParameter } from './parameters/parameter.ts'
import { trainingParameters } from './parameters/training-parameters.ts'

export { MASK_VARIANTS, MODELS }
export type {
  NumberParameter,
  ChoiceParameter,
  FlagParameter,
  HyperParameter,
} from './parameters/parameter.ts'

export const hyperParameters = {
  ...clipParameters,
  ...trainingParameters,
} as const satisfies Record<string, HyperParameter>

export type HyperParameterName = keyof typeof hyperParameters

type ValueOf<P> = P extends { choices: readonly (infer C)[] }
  ? C
  : P extends { type: 'flag' }
    ? boolean
    : number

/** A complete pretraining configuration: one value for each row of `hyperParameters`. */
export type PretrainConfig = {
  [K in HyperParameterName]: ValueOf<(typeof hyperParameters)[K]>
}
