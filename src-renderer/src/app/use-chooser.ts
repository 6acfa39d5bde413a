import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../api/client.ts'

/**
 * What a page has to know where its host has several projects: the address of the page that chooses
 * among them, and the title of its own; null where the host has one.
 */
export function useChooser() {
  const info = useQuery(api.project.info.queryOptions({ staleTime: Infinity }))
  const chooser = computed(() => info.data.value?.chooser ?? null)
  const title = computed(() => (chooser.value === null ? null : (info.data.value?.name ?? null)))
  return { chooser, title }
}
