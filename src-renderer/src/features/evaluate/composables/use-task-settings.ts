import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import {
  defaultSettings,
  playsAPart,
  settingsFor,
  type EvaluationSettingName,
} from '#shared/config/evaluation-settings.ts'
import { DEFAULT_PROTOCOL, type Protocol } from '#shared/tasks/index.ts'
import type { EvaluationValue, KeptChoice } from './use-evaluation-choice.ts'

export type TaskSettings = ReturnType<typeof useTaskSettings>

/** The settings of the chosen protocol: their defaults, and what was changed. */
export function useTaskSettings(choice: KeptChoice) {
  const protocol = computed(() => choice.value.protocol)
  const changed = computed(() => choice.value.settings[protocol.value] ?? {})
  const usual = computed(() => defaultSettings(protocol.value))
  const now = computed(() => ({ ...usual.value, ...changed.value }))
  /** Rows of the form: split list and stream have fields of their own. */
  const rows = computed(() =>
    settingsFor(protocol.value).filter(
      ([name, row]) => name !== 'splitList' && name !== 'stream' && playsAPart(row, now.value),
    ),
  )
  const takesStream = computed(() =>
    settingsFor(protocol.value).some(([name]) => name === 'stream'),
  )
  function set(name: EvaluationSettingName, value: EvaluationValue | null) {
    const kept = Object.entries(changed.value).filter(([other]) => other !== name)
    const isUsual = value === null || value === usual.value[name]
    const next = Object.fromEntries(isUsual ? kept : [...kept, [name, value]])
    choice.value.settings = { ...choice.value.settings, [protocol.value]: next }
  }
  return { protocol, changed, usual, now, rows, takesStream, set }
}

/**
 * Sets the tag that test videos are to have, under a protocol that takes one.
 * @param wanted null leaves the choice as it is
 */
export function useWantedTag(
  choice: KeptChoice,
  set: TaskSettings['set'],
  wanted: MaybeRefOrGetter<string | null>,
) {
  const takesTag = (protocol: Protocol) => settingsFor(protocol).some(([name]) => name === 'tag')
  if (toValue(wanted) !== null && !takesTag(choice.value.protocol)) {
    choice.value.protocol = DEFAULT_PROTOCOL
  }
  watch(
    [() => toValue(wanted), () => choice.value.protocol],
    ([tag, protocol]) => {
      if (tag !== null && takesTag(protocol)) set('tag', tag)
    },
    { immediate: true },
  )
}
