import type { Setting } from '../../settings/setting.ts'

/** A setting of a task; forms, flags, validation and the stored evaluation read it. */
export type EvaluationSetting = Setting & {
  /** It only plays a part where another setting of the task has this value. */
  where?: { setting: string; is: string }
}

export type EvaluationTable = Readonly<Record<string, EvaluationSetting>>
