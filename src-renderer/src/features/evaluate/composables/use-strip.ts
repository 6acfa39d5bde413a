import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { loadStrip, type Strip, type StripNames } from '../lib/strips.ts'

/** The strips of a clip, fetched once they are wanted. */
export function useStrip(names: MaybeRefOrGetter<StripNames>, wanted: MaybeRefOrGetter<boolean>) {
  const strip = shallowRef<Strip | null>(null)
  const failure = shallowRef<unknown>(null)

  watch(
    [() => JSON.stringify(toValue(names)), () => toValue(wanted)],
    async (_now, _before, onCleanup) => {
      if (!toValue(wanted) || strip.value) return
      const controller = new AbortController()
      onCleanup(() => controller.abort())
      failure.value = null
      try {
        const loaded = await loadStrip(toValue(names), controller.signal)
        if (controller.signal.aborted) loaded.clip.close()
        else strip.value = loaded
      } catch (error) {
        if (!controller.signal.aborted) failure.value = error
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => strip.value?.clip.close())
  return { strip, failure }
}
