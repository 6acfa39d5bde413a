import { shallowRef, type Ref } from 'vue'
import type { ClipWindow, MaskHistory, MaskWindow } from '#shared/contract/mask-windows.ts'
import type { ClipMasks } from '#shared/masks/frame-edits.ts'
import type { MaskSession } from '../lib/mask-session.ts'
import type { MaskWriter } from '../lib/mask-writer.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import { SheetView } from '../lib/tools/sheet-view.ts'

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
  /** The mask of the clip and those of its frames; empty while they are FAME's. */
  masks: ClipMasks
  /** Why the latter could not be read; empty where they could. */
  fault: string
}

/** What the page shows of the open session: a session itself is not reactive. */
export function useSessionView(session: Readonly<Ref<MaskSession | null>>, writer: MaskWriter) {
  const view = shallowRef<EditorView | null>(null)
  const shown = shallowRef<ShownMask | null>(null)
  const sheetView = new SheetView()
  let isAnnounced = false

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
  return { view, shown, announce, publish }
}

function viewOf(session: MaskSession, unsaved: number): EditorView {
  const { window, kept, history, sheet, isWaiting, masks, fault } = session
  const hasOwnMask = sheet !== null
  return { window, kept, history, hasOwnMask, isWaiting, unsaved, masks, fault }
}

function isSameView(a: EditorView | null, b: EditorView | null): boolean {
  if (!a || !b) return a === b
  return (Object.keys(a) as (keyof EditorView)[]).every((key) => a[key] === b[key])
}
