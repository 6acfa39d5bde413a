import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { MaskLayer, CompleteMaskRequest, MaskSummary } from '#shared/contract/masks.ts'
import { client } from '../api/client.ts'
import { loadPicture } from '../api/load-picture.ts'
import { maskUrl } from '../api/pictures.ts'
import { Latest } from '../lib/latest.ts'

export const maskLayers = [
  'overlay',
  'seed',
  'soft',
  'mask',
] as const satisfies readonly MaskLayer[]

export interface MaskClip {
  request: CompleteMaskRequest
  /** Object addresses of pictures that are decoded already. */
  layers: Record<MaskLayer, string>
  mask: ImageBitmap
  summary: MaskSummary
}

/**
 * The mask of a clip with everything that is shown of it. All of it changes at once, and the last
 * one stays until the next is complete.
 */
export function useMaskClip(request: MaybeRefOrGetter<CompleteMaskRequest | null>) {
  const shown = shallowRef<MaskClip | null>(null)
  const failure = shallowRef<unknown>(null)
  const busy = ref(false)

  const latest = new Latest<CompleteMaskRequest>({
    isStale: (running, next) => running.videoId !== next.videoId,
    async run(wanted, signal) {
      try {
        const next = await fetchClip(wanted, signal)
        release(shown.value)
        shown.value = next
        failure.value = null
      } catch (error) {
        if (!signal.aborted) failure.value = error
      } finally {
        busy.value = false
      }
    },
  })
  function load() {
    const wanted = toValue(request)
    if (!wanted) return
    busy.value = true
    latest.push({ ...wanted })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(toValue(request)),
    () => {
      clearTimeout(timer)
      timer = setTimeout(load, 30)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest.cancel()
    release(shown.value)
  })
  return { shown, failure, busy, retry: load }
}

async function fetchClip(request: CompleteMaskRequest, signal: AbortSignal): Promise<MaskClip> {
  // The summary first: it says in words why there is no mask, and leaves the mask in the cache.
  const summary = await client.masks.summary(request, { signal })
  const [mask, ...pictures] = await Promise.all([
    loadPicture(maskUrl('mask', request), signal),
    ...maskLayers.map((layer) => fetchLayer(layer, request, signal)),
  ])
  const layers = Object.fromEntries(pictures) as Record<MaskLayer, string>
  return { request, layers, mask, summary }
}

async function fetchLayer(
  layer: MaskLayer,
  request: CompleteMaskRequest,
  signal: AbortSignal,
): Promise<[MaskLayer, string]> {
  const response = await fetch(maskUrl(layer, request), { signal })
  if (!response.ok) throw new Error(await response.text())
  const url = URL.createObjectURL(await response.blob())
  const image = new Image()
  image.src = url
  await image.decode()
  return [layer, url]
}

/** A moment later, when the pictures that take their place are on the screen. */
function release(clip: MaskClip | null): void {
  if (!clip) return
  setTimeout(() => {
    for (const url of Object.values(clip.layers)) URL.revokeObjectURL(url)
    clip.mask.close()
  }, 1_000)
}
