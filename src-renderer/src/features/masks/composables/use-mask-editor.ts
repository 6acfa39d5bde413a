import { useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ClipWindow, MaskDecision, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { api } from '../../../api/client.ts'
import { frameOfWindow } from '#shared/masks/window.ts'
import type { FameMask } from '../lib/mask-session.ts'
import { useMaskScope } from '../mask-settings-store.ts'
import type { EditSession } from '../lib/mask-writer.ts'
import type { Editing } from '../lib/tools/editing.ts'
import { windowKey } from '../lib/window-key.ts'
import { useMaskWriter } from './use-mask-writer.ts'
import { useOpenSession } from './use-open-session.ts'

export interface MaskEditorOptions {
  window: MaybeRefOrGetter<ClipWindow | null>
  /** FAME's mask of that window as it is shown now; null while it is being made. */
  fame: () => FameMask | null
  /** Whether there is one, without making it. */
  hasFame: () => boolean
  /** How FAME's mask is made now. */
  origin: () => MaskOrigin
  /** Number in the video of the frame in sight. */
  frame: () => number
}

export type MaskEditor = ReturnType<typeof useMaskEditor>
type OpenSession = ReturnType<typeof useOpenSession>

/** Corrects the mask of a window. What is drawn is shown at once and saved behind it. */
export function useMaskEditor(options: MaskEditorOptions) {
  const window = () => toValue(options.window)
  const { writer, saving } = useMaskWriter()
  const scopes = useMaskScope()
  const open = useOpenSession(window, options.fame, () => scopes.scope)
  const { session, view, shown, failure, isLoading, load } = open
  /** The frame of the window in sight, 0..T-1; null for one outside. */
  const frame = computed(() => {
    const clip = window()
    return clip && frameOfWindow(options.frame(), clip)
  })
  watch([frame, session], () => session.value?.showFrame(frame.value), { flush: 'sync' })
  const refreshLists = useListRefresh(view)
  const decide = useDecision(open, { window, origin: options.origin, onDone: refreshLists })
  /** Forgets what could not be saved, and shows what the host keeps. */
  function giveUp() {
    const given = writer.giveUp()
    if (given === session.value) void load()
  }
  const canEdit = computed(
    () =>
      view.value !== null && !view.value.isWaiting && (view.value.hasOwnMask || options.hasFame()),
  )
  /** For tools: whatever window is open. */
  const editing: Editing = {
    begin: () => session.value?.begin() ?? false,
    paint: (draw) => session.value?.paint(draw),
    commit: (label) => session.value?.commit(label),
    abandon: () => session.value?.abandon(),
  }
  return {
    editing,
    session,
    canEdit,
    frame,
    origin: options.origin,
    view,
    shown,
    failure,
    isLoading,
    saving,
    reload: load,
    giveUp,
    retry: () => writer.retry(),
    reset: () => session.value?.reset(),
    undo: () => void session.value?.step('undo'),
    redo: () => void session.value?.step('redo'),
    decide,
    hasWindow: () => window() !== null,
  }
}

/** Lists of windows follow a change of state, not every stroke. */
function useListRefresh(view: OpenSession['view']) {
  const queries = useQueryClient()
  function refresh() {
    void queries.invalidateQueries({ queryKey: api.masks.windows.key() })
    void queries.invalidateQueries({ queryKey: api.masks.queue.key() })
  }
  watch(
    () => [view.value?.window, view.value?.kept?.state] as const,
    ([window, state], [before, stateBefore]) => {
      if (window === before && state !== stateBefore) refresh()
    },
  )
  return refresh
}

/** Decides on the window, also on a clip that is still being opened. */
function useDecision(
  { session, key, load }: OpenSession,
  on: { window: () => ClipWindow | null; origin: () => MaskOrigin; onDone: () => void },
) {
  const { writer } = useMaskWriter()
  return async function decide(change: Partial<MaskDecision>) {
    const window = on.window()
    if (!window) return
    const own = session.value
    if (own && windowKey(own.window) === windowKey(window)) {
      await own.decide(change, on.origin())
    } else {
      await writer.decide(unopened(window), change, on.origin())
      if (windowKey(window) === key.value) void load()
    }
    on.onDone()
  }
}

/** Enough of a session to decide on a window that is not open. */
function unopened(window: ClipWindow): EditSession {
  return {
    window,
    revision: 0,
    pixels: () => new Uint8Array(),
    byFrame: () => null,
    onSaved: () => undefined,
  }
}
