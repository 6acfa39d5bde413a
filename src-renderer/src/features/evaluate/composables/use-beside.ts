import { useStorage } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { seriesColour } from '../../../charts/series-colours.ts'
import { useAppearance } from '../../../ui/appearance-store.ts'

/** An evaluation and others of its kind that are shown beside it. */
export function useBeside(options: {
  evaluation: MaybeRefOrGetter<Evaluation>
  all: MaybeRefOrGetter<readonly Evaluation[]>
  /** Whether those on other data sets may be compared. Default false. */
  anyData?: boolean
  /** How many others at most. Default any number. */
  most?: number
}) {
  const { anyData = false, most = Infinity } = options
  const appearance = useAppearance()
  const evaluation = computed(() => toValue(options.evaluation))
  /** Kept by protocol, so that the same ones stay beside whichever is opened. */
  const kept = useStorage<Record<string, number[]>>('fame.beside', {})
  const others = computed(() =>
    toValue(options.all).filter(
      ({ id, protocol, datasetId, result }) =>
        id !== evaluation.value.id &&
        protocol === evaluation.value.protocol &&
        result !== null &&
        (anyData || datasetId === evaluation.value.datasetId),
    ),
  )
  const chosen = computed({
    get: () => {
      const ids = kept.value[evaluation.value.protocol] ?? []
      return ids.filter((id) => others.value.some((other) => other.id === id)).slice(0, most)
    },
    set: (ids: number[]) => {
      const { protocol } = evaluation.value
      kept.value = { ...kept.value, [protocol]: ids.slice(-most) }
    },
  })
  const shown = computed(() => [
    evaluation.value,
    ...chosen.value.flatMap((id) => others.value.filter((other) => other.id === id)),
  ])
  /** Names tell encoders apart where two are called the same. */
  const nameOf = ({ id, runName }: Evaluation) => {
    const isDouble = [evaluation.value, ...others.value].filter((one) => one.runName === runName)
    return isDouble.length > 1 ? `${runName} (${id})` : runName
  }
  const colourOf = (place: number) => seriesColour(place, appearance.scheme)
  return { others, chosen, shown, nameOf, colourOf }
}
