import type {
  ChoiceSetting,
  FlagSetting,
  NumberSetting,
  PartsSetting,
  TextSetting,
} from './setting.ts'

/** Where a form and a list of settings show a setting of pretraining, in their order. */
export const settingGroups = {
  method: 'Method',
  model: 'Model',
  data: 'Clips',
  augmentation: 'Augmentation',
  merge: 'Foreground-background merging',
  optimiser: 'Optimisation',
  run: 'Run',
} as const

/** A setting of pretraining, and the group in which it is shown. */
export type PretrainSetting = (
  NumberSetting | NamedChoice | FlagSetting | TextSetting | PartsSetting
) & {
  group: keyof typeof settingGroups
}
type NamedChoice = Omit<ChoiceSetting, 'choices' | 'default'> & {
  choices: readonly string[]
  default: string
}

export type PretrainTable = Readonly<Record<string, PretrainSetting>>
