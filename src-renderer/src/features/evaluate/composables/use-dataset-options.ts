import { useQuery } from '@tanstack/vue-query'
import { computed, watch } from 'vue'
import { settingsFor } from '#shared/config/evaluation-settings.ts'
import { formatsWithSplitLists } from '#shared/contract/indexing.ts'
import { api } from '../../../api/client.ts'
import { formatCount } from '../../../lib/format.ts'
import type { KeptChoice } from './use-evaluation-choice.ts'

/** The data sets to choose from, and their split lists. Chooses the newest where the choice is gone. */
export function useDatasetOptions(choice: KeptChoice) {
  const list = useQuery(api.datasets.list.queryOptions())
  watch(
    () => list.data.value,
    (known) => {
      if (!known) return
      const isKnown = known.some(({ id }) => id === choice.value.datasetId)
      if (!isKnown) choice.value.datasetId = known.at(-1)?.id ?? null
    },
    { immediate: true },
  )
  const datasets = computed(() =>
    (list.data.value ?? []).map(({ id, name, videos, classes }) => ({
      value: id,
      label: `${name} (${formatCount(videos)} videos, ${formatCount(classes.length)} classes)`,
    })),
  )
  const dataset = computed(() => list.data.value?.find(({ id }) => id === choice.value.datasetId))
  /** Whether the data set has split lists and the protocol heeds them. */
  const hasSplitLists = computed(() => {
    const heeds = settingsFor(choice.value.protocol).some(([name]) => name === 'splitList')
    return heeds && !!dataset.value && formatsWithSplitLists.includes(dataset.value.format)
  })
  const allSplits = computed(() => hasSplitLists.value && choice.value.allSplits)
  return { datasets, dataset, hasSplitLists, allSplits }
}
