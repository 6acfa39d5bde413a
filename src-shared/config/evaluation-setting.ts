import type { ChoiceParameter, FlagParameter, NumberParameter } from './hyper-parameters.ts'
import type { Protocol } from './protocols.ts'

interface Scope<Value> {
  /** Protocols that it is for. */
  protocols: readonly Protocol[]
  /** Defaults of protocols that have another one. */
  defaults?: Partial<Record<Protocol, Value>>
  /** It only plays a part where another setting has this value. `of`: in these protocols; else all. */
  where?: { setting: string; is: string; of?: readonly Protocol[] }
}
/** Words of one's own, such as the name of a tag. */
interface TextParameter {
  type: 'text'
  label: string
  meaning: string
  /** Characters. */
  max: number
}
type Row<P, Value> = Omit<P, 'group' | 'choices' | 'default'> & Scope<Value> & { default: Value }
type ChoiceRow = Row<ChoiceParameter, string | number> & { choices: readonly (string | number)[] }
export type EvaluationSetting =
  | Row<NumberParameter, number>
  | Row<FlagParameter, boolean>
  | Row<TextParameter, string>
  | ChoiceRow
