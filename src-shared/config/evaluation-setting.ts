import type {
  ChoiceSetting,
  FlagSetting,
  NumberSetting,
  SettingValue,
  TextSetting,
} from '../settings/setting.ts'
import type { Protocol } from './protocols.ts'

interface Scope<Value> {
  /** Protocols that it is for. */
  protocols: readonly Protocol[]
  /** Defaults of protocols that have another one. */
  defaults?: Partial<Record<Protocol, Value>>
  /** It only plays a part where another setting has this value. `of`: in these protocols; else all. */
  where?: { setting: string; is: string; of?: readonly Protocol[] }
}
type Row<Kind, Value extends SettingValue> = Kind & Scope<Value>

export type EvaluationSetting =
  | Row<NumberSetting, number>
  | Row<FlagSetting, boolean>
  | Row<TextSetting, string>
  | Row<ChoiceSetting, string | number>
