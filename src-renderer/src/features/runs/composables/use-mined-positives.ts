import { ref, shallowRef, toValue, watch, onScopeDispose, type MaybeRefOrGetter } from 'vue'
import type { MinedPositives } from '#shared/contract/mined-positives.ts'
import { client } from '../../../api/client.ts'
import type { Place } from '../lib/shown-video.ts'

/** Finds what a run's method takes as positives of a clip; another clip forgets what was found. */
export function useMinedPositives(run: MaybeRefOrGetter<number>, place: MaybeRefOrGetter<Place>) {
  const mined = shallowRef<MinedPositives | null>(null)
  const failure = shallowRef<unknown>(null)
  const isWorking = ref(false)
  let under: AbortController | null = null

  function cancel() {
    under?.abort()
    under = null
    isWorking.value = false
  }
  async function find() {
    cancel()
    const own = new AbortController()
    under = own
    isWorking.value = true
    failure.value = null
    try {
      const request = { runId: toValue(run), ...toValue(place) }
      for await (const event of await client.runs.mined(request, { signal: own.signal })) {
        if (event.type === 'mined' && under === own) mined.value = event.mined
      }
    } catch (error) {
      if (!own.signal.aborted) failure.value = error
    } finally {
      if (under === own) isWorking.value = false
    }
  }
  const forget = () => {
    cancel()
    mined.value = null
    failure.value = null
  }
  watch(() => `${toValue(run)} ${toValue(place).batch} ${toValue(place).slot}`, forget)
  onScopeDispose(cancel)
  return { mined, isWorking, failure, find: () => void find(), cancel }
}
