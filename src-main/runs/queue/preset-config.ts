import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { changedPreset, presetNamed } from '#shared/config/presets.ts'

/**
 * A preset with changes; without a preset, the table's defaults with changes.
 * @throws ConfigError for an unknown preset, and as `completeConfig`
 */
export function presetConfig(
  name: string | undefined,
  values: Record<string, unknown> = {},
): PretrainConfig {
  return changedPreset(name === undefined ? null : presetNamed(name), values)
}
