import { useQueryClient } from '@tanstack/vue-query'
import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  toValue,
  watch,
  type MaybeRefOrGetter,
} from 'vue'
import type {
  ClipWindow,
  MaskDecision,
  MaskHistory,
  MaskOrigin,
  MaskWindow,
} from '#shared/contract/mask-windows.ts'
import { api } from '../../../api/client.ts'
import { MaskSession, type FameMask } from '../lib/mask-session.ts'
import type { EditSession } from '../lib/mask-writer.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import type { Editing } from '../lib/tools/editing.ts'
import { SheetView } from '../lib/tools/sheet-view.ts'
import { windowKey } from '../lib/window-key.ts'
import { maskService, useMaskWriter } from './use-mask-writer.ts'

export interface MaskEditorOptions {
  window: MaybeRefOrGetter<ClipWindow | null>
  /** FAME's mask of that window as it is shown now; null while it is being made. */
  fame: () => FameMask | null
  /** Whether there is one, without making it. */
  hasFame: () => boolean
  /** How FAME's mask is made now. */
  origin: () => MaskOrigin
}

/** What is known of the window under correction. */
export interface EditorView {
  window: ClipWindow
  /** Null where nothing is kept of it. */
  kept: MaskWindow | null
  history: MaskHistory
  /** Whether its mask is its own, and not what beta cuts. */
  hasOwnMask: boolean
  isWaiting: boolean
  unsaved: number
}

export type MaskEditor = ReturnType<typeof useMaskEditor>

/** Sessions that still have something to send, by window: opened again they are gone on with. */
const unsent = new Map<string, MaskSession>()

/** Corrects the mask of a window. What is drawn is shown at once and saved behind it. */
export function useMaskEditor(options: MaskEditorOptions) {
  const queries = useQueryClient()
  const { writer, saving } = useMaskWriter()
  const session = shallowRef<MaskSession | null>(null)
  const view = shallowRef<EditorView | null>(null)
  const shown = shallowRef<ShownMask | null>(null)
  const failure = shallowRef<unknown>(null)
  const isLoading = ref(false)
  let isAnnounced = false
  const sheetView = new SheetView()

  /** What has changed goes out once a turn of the event loop, so that no rectangle is missed. */
  function announce() {
    if (isAnnounced) return
    isAnnounced = true
    queueMicrotask(() => {
      isAnnounced = false
      publish()
    })
  }
  function publish() {
    const open = session.value
    const now = open && viewOf(open, writer.unsavedOf(open))
    if (!isSameView(now, view.value)) view.value = now
    shown.value = sheetView.next(open?.sheet ?? null)
  }

  async function load() {
    leave()
    const window = toValue(options.window)
    if (!window) return
    const key = windowKey(window)
    const sessionView = { fame: options.fame, onChange: announce }
    isLoading.value = true
    failure.value = null
    try {
      const known = unsent.get(key)
      known?.show(sessionView)
      const open = known ? null : await maskService.window(window)
      if (key !== keyOf(toValue(options.window))) return
      session.value = known ?? new MaskSession({ window, open, writer, view: sessionView })
    } catch (error) {
      if (key === keyOf(toValue(options.window))) failure.value = error
    }
    if (key === keyOf(toValue(options.window))) isLoading.value = false
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
  /** Forgets what could not be saved, and shows what the host keeps. */
  function giveUp() {
    const given = writer.giveUp()
    if (given === session.value) void load()
  }
  /** Also of a clip that is still being opened. */
  async function decide(change: Partial<MaskDecision>) {
    const window = toValue(options.window)
    const key = keyOf(window)
    if (!window || key === null) return
    const own = session.value
    if (own && windowKey(own.window) === key) {
      await own.decide(change, options.origin())
    } else {
      await writer.decide(unopened(window), change, options.origin())
      if (key === keyOf(toValue(options.window))) void load()
    }
    refreshLists()
  }
  function refreshLists() {
    void queries.invalidateQueries({ queryKey: api.masks.windows.key() })
    void queries.invalidateQueries({ queryKey: api.masks.queue.key() })
  }

  watch(() => keyOf(toValue(options.window)), load, { immediate: true })
  watch(
    () => saving.unsaved,
    () => {
      for (const [key, one] of unsent) if (writer.unsavedOf(one) === 0) unsent.delete(key)
      announce()
    },
  )
  // Lists of windows follow a change of state, not every stroke.
  watch(
    () => [view.value?.window, view.value?.kept?.state] as const,
    ([window, state], [before, stateBefore]) => {
      if (window === before && state !== stateBefore) refreshLists()
    },
  )
  onScopeDispose(leave)

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
    hasWindow: () => toValue(options.window) !== null,
  }
}

function viewOf(session: MaskSession, unsaved: number): EditorView {
  const { window, kept, history, sheet, isWaiting } = session
  return { window, kept, history, hasOwnMask: sheet !== null, isWaiting, unsaved }
}

/** Enough of a session to decide on a window that is not open. */
function unopened(window: ClipWindow): EditSession {
  return {
    window,
    revision: 0,
    pixels: () => new Uint8Array(),
    onSaved: () => undefined,
  }
}

function isSameView(a: EditorView | null, b: EditorView | null): boolean {
  if (!a || !b) return a === b
  return (Object.keys(a) as (keyof EditorView)[]).every((key) => a[key] === b[key])
}

function keyOf(window: ClipWindow | null): string | null {
  return window && windowKey(window)
}
