import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { LibraryFilter } from '#shared/contract/library.ts'
import { placeOf, queryOf, withoutEmpty, type LibraryPlace } from '../lib/library-place.ts'

/** What the library shows, kept in the address alone: back, reload and a sent link give it again. */
export function useLibraryPlace() {
  const route = useRoute()
  const router = useRouter()
  // On the way to another view the address is not this one's any more.
  const place = computed<LibraryPlace>((last) =>
    route.name === 'library' ? placeOf(route.query) : (last ?? placeOf({})),
  )

  /** Goes to a place; `passing` ones, such as a half-typed word, are not stops on the way back. */
  function go(to: Partial<LibraryPlace>, { passing = false } = {}) {
    const query = queryOf({ ...place.value, ...to })
    void (passing ? router.replace({ query }) : router.push({ query }))
  }
  function setFilter(change: LibraryFilter, options?: { passing?: boolean }) {
    go({ filter: withoutEmpty({ ...place.value.filter, ...change }) }, options)
  }
  const isFiltered = computed(() => Object.keys(place.value.filter).length > 0)
  return { place, isFiltered, go, setFilter, clear: () => go({ filter: {} }) }
}
