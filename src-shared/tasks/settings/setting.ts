import type { Setting } from '../../settings/setting.ts'

/** A setting of a task; forms, flags, validation and the stored evaluation read it. */
export type EvaluationSetting = Setting & {
  /** It only plays a part where another setting of the task has this value, or one of these. */
  where?: { setting: string; is: string | readonly string[] }
}

export type EvaluationTable = Readonly<Record<string, EvaluationSetting>>
