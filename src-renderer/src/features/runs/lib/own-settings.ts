import { isImported } from '#shared/config/presets.ts'
import type { Run } from '#shared/contract/runs.ts'
import { byName } from '#shared/methods/method.ts'
import type { SettingValue } from '#shared/settings/setting.ts'

/** Settings that describe an encoder and the clips that it is evaluated on; the others say how it was trained. */
const OF_ENCODER: readonly string[] = ['model', 'precision', 'frames', 'stride', 'size']

/** Whether a run was made with a setting: nothing is known of how imported weights were trained. */
export function hasSetting(run: Pick<Run, 'totalSteps'>, name: string): boolean {
  return !isImported(run) || OF_ENCODER.includes(name)
}

/** A run's value of a setting; null where the run was not made with it. */
export function ownValue(
  run: Pick<Run, 'totalSteps' | 'config'>,
  name: string,
): SettingValue | null {
  return hasSetting(run, name) ? (byName(run.config)[name] ?? null) : null
}
