import { useStorage } from '@vueuse/core'
import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { viewSettings } from '#shared/views/settings.ts'
import { maskPlaceOf, maskQueryOf, type MaskPlace } from '../lib/mask-place.ts'

/** Which clip is looked at: kept in the address, and for the next visit where the address says nothing. */
export function useMaskPlace() {
  const route = useRoute()
  const router = useRouter()
  const last = useStorage<MaskPlace>(
    'fame.mask-place',
    {
      videoId: null,
      start: 0,
      frames: viewSettings.frames.default,
      stride: viewSettings.stride.default,
    },
    undefined,
    { mergeDefaults: true },
  )
  // On the way to another view the address is not this one's any more.
  const place = computed<MaskPlace>((before) =>
    route.name === 'masks' ? maskPlaceOf(route.query, last.value) : (before ?? last.value),
  )
  // As text: what is kept is read by what is watched.
  watch(
    () => JSON.stringify(place.value),
    () => (last.value = { ...place.value }),
  )

  /** Puts a place into an address that says less, so that it can be sent on; tells whether it did. */
  function spell(videoId: number): boolean {
    if (route.name !== 'masks' || 'stride' in route.query) return false
    const isNamed = 'video' in route.query
    go({ videoId })
    return !isNamed
  }
  function go(to: Partial<MaskPlace>) {
    void router.replace({ query: maskQueryOf({ ...place.value, ...to }) })
  }
  return { place, go, spell }
}
