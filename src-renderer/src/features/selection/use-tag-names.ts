import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../../api/client.ts'

/** Names of all tags of the project. */
export function useTagNames() {
  const facets = useQuery(api.library.facets.queryOptions({ input: {} }))
  return computed(() => facets.data.value?.tags.map(({ name }) => name) ?? [])
}
