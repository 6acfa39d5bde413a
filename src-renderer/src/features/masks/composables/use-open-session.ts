import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import type { EditScope } from '#shared/masks/frame-edits.ts'
import { MaskSession, type FameMask } from '../lib/mask-session.ts'
import { windowKey } from '../lib/window-key.ts'
import { useSessionView } from './use-session-view.ts'
import { maskService, useMaskWriter } from './use-mask-writer.ts'

/** Sessions that still have something to send, by window: opened again they are gone on with. */
const unsent = new Map<string, MaskSession>()

/**
 * The session of the open window. It changes with the window; what the one before has drawn is still
 * saved.
 * @param fame FAME's mask of the window as it is shown now; null while it is being made
 * @param scope what an edit reaches
 */
export function useOpenSession(
  window: () => ClipWindow | null,
  fame: () => FameMask | null,
  scope: () => EditScope,
) {
  const { writer, saving } = useMaskWriter()
  const session = shallowRef<MaskSession | null>(null)
  const failure = shallowRef<unknown>(null)
  const isLoading = ref(false)
  const key = computed(() => {
    const open = window()
    return open && windowKey(open)
  })
  const { view, shown, announce, publish } = useSessionView(session, writer)

  async function load() {
    leave()
    const wanted = window()
    if (!wanted) return
    const wantedKey = windowKey(wanted)
    const sessionView = { fame, onChange: announce, scope }
    isLoading.value = true
    failure.value = null
    try {
      const known = unsent.get(wantedKey)
      known?.show(sessionView)
      const open = known ? null : await maskService.window(wanted)
      if (wantedKey !== key.value) return
      session.value = known ?? new MaskSession({ window: wanted, open, writer, view: sessionView })
    } catch (error) {
      if (wantedKey === key.value) failure.value = error
    }
    if (wantedKey === key.value) isLoading.value = false
    announce()
  }
  function leave() {
    const { value: last } = session
    session.value = null
    if (last) {
      last.abandon()
      last.show({ fame: () => null, onChange: () => undefined })
      if (writer.unsavedOf(last) > 0) unsent.set(windowKey(last.window), last)
    }
    publish()
  }
  watch(key, load, { immediate: true })
  watch(
    () => saving.unsaved,
    () => {
      for (const [at, one] of unsent) if (writer.unsavedOf(one) === 0) unsent.delete(at)
      announce()
    },
  )
  onScopeDispose(leave)
  return { session, key, view, shown, failure, isLoading, load }
}
