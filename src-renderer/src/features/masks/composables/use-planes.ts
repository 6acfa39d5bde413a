import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { decodePlanes, type MaskPlanes } from '#shared/contract/planes.ts'
import { loadBytes } from '../../../api/load-picture.ts'
import { planesUrl, type PlanesRequest } from '../../../api/pictures.ts'
import { Latest } from '../../../lib/latest.ts'

/** A clip's planes with what they were asked for by. */
export interface ClipPlanes extends MaskPlanes {
  request: PlanesRequest
}

/** Clips whose planes are kept, about 1.5 MB each. */
const KEPT = 24

/**
 * The planes behind a clip's mask. The last ones stay until the next are here; those seen before are
 * there at once.
 */
export function usePlanes(request: MaybeRefOrGetter<PlanesRequest | null>) {
  const shown = shallowRef<ClipPlanes | null>(null)
  const failure = shallowRef<unknown>(null)
  const busy = ref(false)
  const kept = new Map<string, ClipPlanes>()

  function keep(planes: ClipPlanes) {
    const url = planesUrl(planes.request)
    kept.delete(url)
    kept.set(url, planes)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? '')
  }
  async function fetchPlanes(wanted: PlanesRequest, signal: AbortSignal): Promise<ClipPlanes> {
    const url = planesUrl(wanted)
    const planes = kept.get(url) ?? {
      ...decodePlanes(await loadBytes(url, signal)),
      request: wanted,
    }
    keep(planes)
    return planes
  }
  const latest = new Latest<PlanesRequest>({
    isStale: (running, next) => running.videoId !== next.videoId,
    async run(wanted, signal) {
      try {
        const planes = await fetchPlanes(wanted, signal)
        if (signal.aborted) return
        shown.value = planes
        failure.value = null
      } catch (error) {
        if (signal.aborted) return
        failure.value = error
      }
      busy.value = false
    },
  })
  function load() {
    const wanted = toValue(request)
    if (!wanted) return
    const ready = kept.get(planesUrl(wanted))
    if (ready) {
      latest.cancel()
      shown.value = ready
      failure.value = null
      busy.value = false
      return
    }
    busy.value = true
    latest.push({ ...wanted })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(toValue(request)),
    () => {
      clearTimeout(timer)
      failure.value = null
      const wanted = toValue(request)
      if (wanted && kept.has(planesUrl(wanted))) return load()
      timer = setTimeout(load, 30)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest.cancel()
  })
  return { shown, failure, busy, retry: load }
}
