import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { presets } from '#shared/config/presets.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'

/**
 * A preset with changes; without a preset, the table's defaults with changes.
 * @throws WorkbenchError for an unknown preset; ConfigError as `completeConfig`.
 */
export function presetConfig(
  name: string | undefined,
  values: Record<string, unknown> = {},
): PretrainConfig {
  if (name === undefined) return completeConfig(values)
  const preset = presets.find((known) => known.name === name)
  if (!preset) {
    const known = presets.map((each) => each.name).join(', ')
    throw new WorkbenchError(`There is no preset '${name}'. Known: ${known}.`)
  }
  return completeConfig({ ...preset.values, ...values })
}
