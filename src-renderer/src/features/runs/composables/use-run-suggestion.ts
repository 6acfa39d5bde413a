import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fittingRecipe, fittingSize, presetOf, samplePresets } from '#shared/config/presets.ts'
import { api } from '../../../api/client.ts'
import { formatBytes } from '../../../lib/format.ts'

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
    const { format, classes, isSample } = dataset
    return fittingRecipe({ format, classes: classes.length, isSample })
  })
  /** A data set without a recipe of its own starts from the small one: nothing of days unasked. */
  const preset = computed(() =>
    size.value && datasets.data.value
      ? presetOf({
          ...samplePresets.merged,
          ...(recipe.value && { recipe: recipe.value }),
          size: size.value,
        }).name
      : null,
  )
  /** Whether the data sets have come, without which no recipe is known to fit. */
  const isKnown = computed(() => datasets.data.value !== undefined)
  return { size, machine, recipe, preset, isKnown }
}
