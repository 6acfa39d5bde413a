import { useQuery } from '@tanstack/vue-query'
import { computed, watch, type Ref } from 'vue'
import { api } from '../../../api/client.ts'
import { formatCount } from '../../../lib/format.ts'

/** The data sets to train on; takes the newest where none is chosen. */
export function useRunDatasets(datasetId: Ref<number | null>) {
  const list = useQuery(api.datasets.list.queryOptions())
  watch(
    () => list.data.value,
    (known) => (datasetId.value ??= known?.at(-1)?.id ?? null),
    { immediate: true },
  )
  return computed(() =>
    (list.data.value ?? []).map(({ id, name, videos }) => ({
      value: id,
      label: `${name} (${formatCount(videos)} videos)`,
    })),
  )
}
