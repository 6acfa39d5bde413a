import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { client, connection } from '../../../api/client.ts'
import { explain } from '../../../api/explain.ts'
import { follow } from '../../../api/follow.ts'

/** The motion energy of a whole video, one value a frame, NaN where it is not known yet. */
export function useEnergy(video: MaybeRefOrGetter<{ id: number; frames: number } | null>) {
  const energy = shallowRef<Float32Array | null>(null)
  const failure = shallowRef<unknown>(null)
  let controller: AbortController | null = null

  async function read(videoId: number, frames: number, signal: AbortSignal) {
    const values = new Float32Array(frames).fill(NaN)
    await follow({
      connection,
      signal,
      subscribe: (inner) => client.masks.energy({ videoId }, { signal: inner }),
      onEvent(piece) {
        const fitting = piece.values.slice(0, Math.max(0, frames - piece.from))
        if (piece.from < frames) values.set(fitting, piece.from)
        energy.value = values.slice()
      },
    })
  }
  watch(
    () => JSON.stringify(toValue(video)),
    () => {
      controller?.abort()
      energy.value = null
      failure.value = null
      const wanted = toValue(video)
      if (!wanted) return
      const { signal } = (controller = new AbortController())
      read(wanted.id, wanted.frames, signal).catch((error: unknown) => {
        if (!signal.aborted) failure.value = error
      })
    },
    { immediate: true },
  )
  onScopeDispose(() => controller?.abort())
  const trouble = computed(() => (failure.value === null ? null : explain(failure.value).fact))
  return { energy, trouble }
}
