import {
  useDocumentVisibility,
  useElementVisibility,
  useIntervalFn,
  usePreferredReducedMotion,
  type MaybeElementRef,
} from '@vueuse/core'
import { computed, ref, watchEffect } from 'vue'

/** ms a frame at normal speed. */
const PACE = 140

/**
 * A frame counter for clips that play in a loop while they are in sight. Where the system asks for less
 * motion, it stands still until somebody starts it.
 */
export function useLoopClock(root: MaybeElementRef) {
  const frame = ref(0)
  const speed = ref(1)
  const motion = usePreferredReducedMotion()
  const chosen = ref<boolean | null>(null)
  const isPlaying = computed(() => chosen.value ?? motion.value !== 'reduce')
  const isInSight = useElementVisibility(root)
  const page = useDocumentVisibility()
  const interval = computed(() => PACE / speed.value)
  const clock = useIntervalFn(() => (frame.value += 1), interval, { immediate: false })
  watchEffect(() => {
    if (isPlaying.value && isInSight.value && page.value === 'visible') clock.resume()
    else clock.pause()
  })
  return {
    frame,
    speed,
    isPlaying,
    isInSight,
    toggle: () => (chosen.value = !isPlaying.value),
    /** Stops, and moves by some frames. */
    step: (by: number) => {
      chosen.value = false
      frame.value += by
    },
  }
}
