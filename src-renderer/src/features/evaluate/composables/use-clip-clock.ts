import { useIntervalFn, usePreferredReducedMotion, useStorage } from '@vueuse/core'
import { computed, ref } from 'vue'

/** Between two frames, in ms: clips are short and looked at closely. */
const PACE = 125

/** One clock for all clips of a page: they play together. */
export function useClipClock() {
  const reduced = usePreferredReducedMotion()
  const wanted = useStorage('fame.explain-plays', true)
  const plays = computed({
    get: () => wanted.value && reduced.value !== 'reduce',
    set: (value) => (wanted.value = value),
  })
  const tick = ref(0)
  useIntervalFn(() => {
    if (plays.value && !document.hidden) tick.value++
  }, PACE)
  return { tick, plays }
}
