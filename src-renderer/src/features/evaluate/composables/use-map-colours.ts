import { useQuery } from '@tanstack/vue-query'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import { api } from '../../../api/client.ts'
import { choiceOf, mapChoices } from '../lib/map-choices.ts'
import {
  byClass,
  byOutcome,
  byPrediction,
  bySplit,
  byTag,
  coloursOf,
  countsOf,
} from '../lib/map-groups.ts'
import { predictionsFor } from '../lib/map-predictions.ts'
import { useAppearance } from '../../../ui/appearance-store.ts'
import { useEvaluationDetail } from './use-evaluation-detail.ts'
import { useEvaluationList } from './use-evaluation-list.ts'
import { useTagNames } from '../../selection/use-tag-names.ts'

/** By what the points of a map are coloured, and the groups that this makes. */
export function useMapColours(options: {
  map: MaybeRefOrGetter<MapArtefact | undefined>
  evaluation: MaybeRefOrGetter<Evaluation>
}) {
  const appearance = useAppearance()
  const by = ref('class')
  const tags = useTagNames()
  const { evaluations } = useEvaluationList()
  const predicting = computed(() => predictionsFor(toValue(options.evaluation), evaluations.value))
  const choices = computed(() => mapChoices(predicting.value, tags.value))
  const part = (kind: Parameters<typeof choiceOf>[1]) => choiceOf(by.value, kind)
  const tag = computed(() => part('tag'))
  const tagged = useQuery(
    computed(() =>
      api.library.ids.queryOptions({
        input: { filter: { tags: [tag.value ?? ''] } },
        enabled: tag.value !== null,
      }),
    ),
  )
  /** The evaluation whose predictions are shown. */
  const source = computed(() => {
    const id = Number(part('outcome') ?? part('predicted'))
    return predicting.value.find((one) => one.id === id) ?? null
  })
  const answers = useQuery(
    computed(() =>
      api.evaluations.answers.queryOptions({
        input: { id: source.value?.id ?? 0 },
        enabled: source.value !== null,
        staleTime: Infinity,
      }),
    ),
  )
  const { classes: names } = useEvaluationDetail(source)
  const groups = computed(() => {
    const map = toValue(options.map)
    if (!map) return null
    if (by.value === 'split') return bySplit(map)
    if (tag.value !== null) return byTag(map, tag.value, new Set(tagged.data.value))
    const given = answers.data.value
    if (source.value === null || !given) return byClass(map)
    if (part('outcome') !== null) return byOutcome(map, given)
    return byPrediction(map, given, names.value)
  })
  const colours = computed(() => (groups.value ? coloursOf(groups.value, appearance.scheme) : []))
  const counts = computed(() => (groups.value ? countsOf(groups.value) : []))
  const error = computed(() => tagged.error.value ?? answers.error.value)
  return { by, choices, groups, colours, counts, error }
}
