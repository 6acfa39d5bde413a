import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { presetNamed, samplePresets } from '#shared/config/presets.ts'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import { singleStream } from '#shared/methods/streams.ts'
import { api } from '../../../api/client.ts'
import { encoderOptions, evaluableRuns } from '../lib/encoder-options.ts'
import type { KeptChoice } from './use-evaluation-choice.ts'

/**
 * The encoders to choose from. Chooses the wanted run, or one that exists where the choice does not.
 * @param wanted a run to evaluate; null: the choice of last time
 */
export function useEncoderOptions(choice: KeptChoice, wanted: MaybeRefOrGetter<number | null>) {
  const runList = useQuery(api.runs.list.queryOptions())
  const usable = computed(() => evaluableRuns(runList.data.value ?? []))
  // Once, and not whenever a run changes: what is chosen meanwhile stays.
  watch(
    [() => toValue(wanted), () => runList.data.value !== undefined],
    ([id, isHere]) => {
      if (!isHere) return
      const run = usable.value.find((one) => one.id === id)
      if (run) {
        choice.value.encoder = String(run.id)
        choice.value.datasetId = run.datasetId
      } else if (!exists(choice.value.encoder)) {
        choice.value.encoder = best()
      }
    },
    { immediate: true },
  )
  function exists(encoder: string | null) {
    return encoder?.startsWith('random:') || usable.value.some(({ id }) => String(id) === encoder)
  }
  /** The newest run that is done, else the newest, else a random encoder. */
  function best() {
    const run = usable.value.findLast(({ status }) => status === 'done') ?? usable.value.at(-1)
    return run ? String(run.id) : `random:${samplePresets.merged.name}`
  }
  /** Why the chosen encoder leaves no choice of streams; null where it does. */
  const singleStreamReason = computed(() => {
    const [, preset] = choice.value.encoder?.split(':') ?? []
    const run = usable.value.find(({ id }) => String(id) === choice.value.encoder)
    const values = preset ? presetNamed(preset).values : run?.config
    return values ? singleStream({ ...defaultConfig(), ...values }) : 'Choose an encoder first.'
  })
  return { options: computed(() => encoderOptions(usable.value)), singleStreamReason }
}
