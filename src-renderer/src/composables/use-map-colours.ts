import { useQuery } from '@tanstack/vue-query'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import type { MapArtefact } from '#shared/contract/explain.ts'
import { api } from '../api/client.ts'
import { labelledBy } from '../lib/map-view.ts'
import { seriesColour } from '../lib/series-colours.ts'
import { useAppearance } from '../stores/appearance.ts'

/** By what the points of a map are coloured: 'class', 'split', or a tag as 'tag:<name>'. */
export function useMapColours(map: MaybeRefOrGetter<MapArtefact | undefined>) {
  const appearance = useAppearance()
  const by = ref('class')
  const facets = useQuery(api.library.facets.queryOptions({ input: {} }))
  const tags = computed(() => facets.data.value?.tags.map(({ name }) => name) ?? [])
  const options = computed(() => [
    { value: 'class', label: 'Colour by class' },
    { value: 'split', label: 'Colour by split' },
    ...tags.value.map((name) => ({ value: `tag:${name}`, label: `Colour by tag “${name}”` })),
  ])
  const tag = computed(() => (by.value.startsWith('tag:') ? by.value.slice(4) : null))
  const tagged = useQuery(
    computed(() =>
      api.library.ids.queryOptions({
        input: { filter: { tags: [tag.value ?? ''] } },
        enabled: tag.value !== null,
      }),
    ),
  )
  /** The points with the number of their group in place of their class, and the groups' names. */
  const groups = computed(() => {
    const found = toValue(map)
    if (!found) return null
    const { points, classes } = found
    if (by.value === 'split') {
      const split = (i: number) => points.test[i] ?? 0
      return { names: ['Training', 'Test'], points: labelledBy(points, split) }
    }
    if (tag.value !== null) {
      const ids = new Set(tagged.data.value)
      const has = (i: number) => Number(ids.has(points.videoId[i] ?? 0))
      return { names: ['Without the tag', tag.value], points: labelledBy(points, has) }
    }
    return { names: classes, points }
  })
  const colours = computed(() =>
    (groups.value?.names ?? []).map((_, i) => seriesColour(i, appearance.scheme)),
  )
  return { by, options, tags, groups, colours }
}
