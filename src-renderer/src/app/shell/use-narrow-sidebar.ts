import { useMediaQuery } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'
import { useAppearance } from '../../ui/appearance-store.ts'

/** Windows up to this width have the narrow sidebar alone. */
const SMALL_WINDOW = '(max-width: 1180px)'

/** Whether the sidebar shows icons alone, by choice or because the window is small. */
export function useNarrowSidebar(): {
  narrow: ComputedRef<boolean>
  smallWindow: ReturnType<typeof useMediaQuery>
} {
  const appearance = useAppearance()
  const smallWindow = useMediaQuery(SMALL_WINDOW)
  return { narrow: computed(() => appearance.narrowSidebar || smallWindow.value), smallWindow }
}
