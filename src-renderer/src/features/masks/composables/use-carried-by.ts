import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { CarriedBy } from '#shared/contract/propagation.ts'
import { api } from '../../../api/client.ts'
import { featureRuns } from '../lib/feature-runs.ts'
import { usePropagateSettings } from '../mask-settings-store.ts'

export type CarriedByChoice = ReturnType<typeof useCarriedBy>

/** What masks are propagated by, as it was chosen last; a run that is gone gives way to the newest. */
export function useCarriedBy() {
  const { settings } = usePropagateSettings()
  const list = useQuery(api.runs.list.queryOptions({ enabled: () => settings.kind === 'features' }))
  const runs = computed(() => featureRuns(list.data.value ?? []))
  const runId = computed(() => {
    const chosen = runs.value.find(({ id }) => id === settings.runId)
    return (chosen ?? runs.value[0])?.id ?? null
  })
  /** Null where no run can carry masks. */
  const by = computed<CarriedBy | null>(() => {
    if (settings.kind === 'flow') return { kind: 'flow' }
    const { protocol } = settings
    return runId.value === null ? null : { kind: 'features', runId: runId.value, protocol }
  })
  const options = computed(() => runs.value.map(({ id, name }) => ({ value: id, label: name })))
  const isLoading = computed(() => list.isLoading.value)
  return { settings, runId, by, options, isLoading }
}
