import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { decodePlanes, type MaskPlanes } from '#shared/contract/planes.ts'
import { loadBytes } from '../../../api/load-picture.ts'
import { planesUrl, type PlanesRequest } from '../../../api/pictures.ts'
import { KeptAnswers } from '../../../lib/kept-answers.ts'
import { Latest } from '../../../lib/latest.ts'

/** A clip's planes with what they were asked for by. */
export interface ClipPlanes extends MaskPlanes {
  request: PlanesRequest
}

/** Clips whose planes are kept, about 1.5 MB each. */
const KEPT = 24
/** How long a wish must stay before the host is asked, in ms. */
const SETTLE = 30

/**
 * The planes behind a clip's mask. The last ones stay until the next are here; those seen before are
 * there at once.
 */
export function usePlanes(request: MaybeRefOrGetter<PlanesRequest | null>) {
  const shown = shallowRef<ClipPlanes | null>(null)
  const failure = shallowRef<unknown>(null)
  const busy = ref(false)
  const kept = new KeptAnswers<ClipPlanes>(KEPT)

  const latest = new Latest<PlanesRequest>({
    isStale: (running, next) => running.videoId !== next.videoId,
    async run(wanted, signal) {
      try {
        const planes = kept.of(planesUrl(wanted)) ?? (await fetchPlanes(wanted, signal))
        kept.keep(planesUrl(wanted), planes)
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
    const ready = kept.of(planesUrl(wanted))
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
      if (wanted && kept.of(planesUrl(wanted))) return load()
      timer = setTimeout(load, SETTLE)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest.cancel()
  })
  return { shown, failure, busy, retry: load }
}

async function fetchPlanes(request: PlanesRequest, signal: AbortSignal): Promise<ClipPlanes> {
  const bytes = await loadBytes(planesUrl(request), signal)
  return { ...decodePlanes(bytes), request }
}
