import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { findPreset, fittingRecipe, fittingSize } from '#shared/config/presets.ts'
import { api } from '../api/client.ts'
import { formatBytes } from '../lib/format.ts'

/** What this machine and a data set suggest to start from. */
export function useRunSuggestion(datasetId: MaybeRefOrGetter<number | null>) {
  const doctor = useQuery(api.project.doctor.queryOptions({ staleTime: 60_000 }))
  const datasets = useQuery(api.datasets.list.queryOptions())

  const size = computed(() => {
    const tensorflow = doctor.data.value?.tensorflow
    return tensorflow?.device ? fittingSize(tensorflow.device, tensorflow.memory) : null
  })
  const machine = computed(() => {
    const { deviceName, memory } = doctor.data.value?.tensorflow ?? {}
    return [deviceName, memory && formatBytes(memory)].filter(Boolean).join(', ')
  })
  const recipe = computed(() => {
    const dataset = datasets.data.value?.find(({ id }) => id === toValue(datasetId))
    if (!dataset) return null
    return fittingRecipe(dataset.format, dataset.format === 'ucf101' && dataset.name === 'sample')
  })
  const preset = computed(() =>
    size.value && recipe.value
      ? findPreset({ recipe: recipe.value, method: 'fame', size: size.value }).name
      : null,
  )
  return { size, machine, recipe, preset }
}
