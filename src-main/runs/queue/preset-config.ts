import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { changedPreset, presetNamed, settingsFor } from '#shared/config/presets.ts'
import type { Values } from '#shared/methods/method.ts'

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

/** A run that sweeps over methods takes of the other settings those that its method has. */
export function sweptValues(shared: Values | undefined, swept: Values): Values {
  const { method } = swept
  const kept = method === undefined ? shared : settingsFor(String(method), shared ?? {})
  return { ...kept, ...swept }
}
