import { refDebounced } from '@vueuse/core'
import { computed } from 'vue'
import { connection } from './client.ts'

/** A host that is away for less than this, in ms, goes unnoticed. */
const GRACE = 600

/**
 * Whether the host is away. What was loaded stays in sight meanwhile, greyed by the shell; a view must
 * not take what it does not have for nothing, so it shows no count and no empty state.
 */
export function useHost() {
  const isAwayNow = computed(() => connection.state.value.phase !== 'open')
  const isAway = refDebounced(isAwayNow, GRACE)
  return { isAway: computed(() => isAwayNow.value && isAway.value) }
}
