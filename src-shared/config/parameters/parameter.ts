/** A row of the table of hyper-parameters. */
interface Common {
  label: string
  meaning: string
  group: 'model' | 'data' | 'augmentation' | 'fame' | 'contrast' | 'optimiser' | 'run'
}
export interface NumberParameter extends Common {
  type: 'int' | 'number'
  unit?: string
  min: number
  max: number
  default: number
}
export interface ChoiceParameter extends Common {
  type: 'choice'
  choices: readonly string[]
  default: string
}
export interface FlagParameter extends Common {
  type: 'flag'
  default: boolean
}
export type HyperParameter = NumberParameter | ChoiceParameter | FlagParameter
