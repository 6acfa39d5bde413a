/** What every setting says of itself; forms, flags, run files and documentation read it. */
interface Common {
  label: string
  meaning: string
}

export interface NumberSetting extends Common {
  type: 'int' | 'number'
  unit?: string
  min: number
  max: number
  default: number
}

export interface ChoiceSetting extends Common {
  type: 'choice'
  choices: readonly (string | number)[]
  default: string | number
}

export interface FlagSetting extends Common {
  type: 'flag'
  default: boolean
}

/** Words of one's own, such as the name of a tag, or a list of numbers. */
export interface TextSetting extends Common {
  type: 'text'
  unit?: string
  /** Characters. */
  max: number
  /** What it must look like, and how a refusal says so. */
  form?: { pattern: RegExp; says: string }
  default: string
}

/** Methods that are trained together, each with settings of its own; its value is text, see `parts.ts`. */
export interface PartsSetting extends Common {
  type: 'parts'
  /** Parts at most. */
  max: number
  /** Lists that can be given by their name, each as it is stored. */
  named: Readonly<Record<string, string>>
  default: string
}

export type Setting = NumberSetting | ChoiceSetting | FlagSetting | TextSetting

export type SettingValue = number | string | boolean

/** The values that a setting can have. */
export type ValueOf<S> = S extends { choices: readonly (infer C)[] }
  ? C
  : S extends { type: 'flag' }
    ? boolean
    : S extends { type: 'text' | 'parts' }
      ? string
      : number

/** One value for each setting of a table. */
export type ValuesOf<Table> = { [K in keyof Table]: ValueOf<Table[K]> }
