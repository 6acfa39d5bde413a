import { useTitle } from '@vueuse/core'
import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { useChooser } from './use-chooser.ts'
import { windowTitle } from './window-title.ts'
import { useRunFeed } from '../features/runs/composables/use-run-feed.ts'
import { useRunList } from '../features/runs/composables/use-run-list.ts'

/** Names the place in the window's title, and how far the current run is. Use once. */
export function useWindowTitle() {
  const route = useRoute()
  const { live } = useRunList()
  const { state } = useRunFeed(() => live.value?.id ?? null)
  const { title } = useChooser()
  useTitle(computed(() => windowTitle(String(route.name ?? ''), state.value.progress, title.value)))
}
