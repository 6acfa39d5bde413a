import { computed, onScopeDispose, shallowReactive, shallowRef, watch } from 'vue'
import type { PropagateRequest, ProposedFrame } from '#shared/contract/propagation.ts'
import { shownMask } from '#shared/masks/frame-edits.ts'
import { client } from '../../../api/client.ts'
import type { MaskSession } from '../lib/mask-session.ts'
import { conflictsOf } from '../lib/proposals.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { EditorView } from './use-session-view.ts'

export type Propagation = ReturnType<typeof usePropagation>

/**
 * Carries the mask of the frame in sight to the other frames of the clip. What comes is a proposal
 * until somebody accepts it. It is discarded when another clip is opened, and when the mask that was
 * carried changes, by an edit or by an undo.
 */
export function usePropagation({ session, view, frame }: MaskEditor) {
  const proposed = shallowRef<ReadonlyMap<number, ProposedFrame>>(new Map())
  const progress = shallowRef<{ done: number; total: number; secondsLeft: number | null } | null>(
    null,
  )
  const state = shallowReactive<{ source: number | null; failure: unknown }>({
    source: null,
    failure: null,
  })
  let controller: AbortController | null = null
  /** The mask of the source frame when it was carried. */
  let carried: Uint8Array = new Uint8Array()
  const running = computed(() => progress.value !== null)
  const conflicts = computed(() => conflictsOf(proposed.value))
  const canStart = computed(
    () => !running.value && frame.value !== null && view.value?.hasOwnMask === true,
  )

  async function start() {
    const [clip, from] = [view.value, frame.value]
    if (!clip || from === null || !canStart.value) return
    discard()
    const own = (controller = new AbortController())
    state.failure = null
    state.source = from
    const request = requestOf(clip, from)
    carried = request.mask
    progress.value = { done: 0, total: request.to, secondsLeft: null }
    try {
      const events = await client.masks.propagate(request, { signal: own.signal })
      for await (const event of events) {
        if (own.signal.aborted) break
        if (event.type === 'progress') progress.value = event
        if (event.type === 'frame') proposed.value = new Map(proposed.value).set(event.frame, event)
      }
    } catch (error) {
      if (!own.signal.aborted) state.failure = error
    }
    if (controller === own) controller = progress.value = null
  }
  /** What has come stays a proposal. */
  function cancel() {
    controller?.abort()
    controller = progress.value = null
  }
  function discard() {
    cancel()
    proposed.value = new Map()
    state.source = null
  }
  /** Takes the proposals of some frames in one step of the history; false where it cannot now. */
  function accept(frames: readonly number[], label: string): boolean {
    const { value: open } = session
    if (!open?.accept(takenOf(open, proposed.value, frames), label)) return false
    proposed.value = new Map([...proposed.value].filter(([at]) => !frames.includes(at)))
    return true
  }
  watch(() => view.value?.window, discard)
  const hasChanged = () => isStale(view.value, state.source, carried)
  watch(hasChanged, (isSo) => isSo && discard())
  onScopeDispose(cancel)
  return { proposed, progress, running, conflicts, state, canStart, start, cancel, discard, accept }
}

/** From a frame to all others; masks drawn by hand are carried from where they are. */
function requestOf({ window, masks }: EditorView, frame: number): PropagateRequest {
  const fixed = [...masks.frames].flatMap(([at, { source, mask }]) =>
    at !== frame && source === 'hand' ? [{ frame: at, mask }] : [],
  )
  return { window, frame, mask: shownMask(masks, frame), from: 0, to: window.frames - 1, fixed }
}

/** Whether the frame that was carried from is shown with another mask now. */
function isStale(clip: EditorView | null, source: number | null, carried: Uint8Array): boolean {
  return clip !== null && source !== null && !isSame(shownMask(clip.masks, source), carried)
}

/** Whether two packed masks are equal: after a decision the same mask comes as other bytes. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Proposals that can be taken; frames that were corrected by hand keep what they have. */
function takenOf(
  open: MaskSession,
  proposed: ReadonlyMap<number, ProposedFrame>,
  frames: readonly number[],
): Map<number, Uint8Array> {
  return new Map(
    frames.flatMap((at) => {
      const proposal = proposed.get(at)
      const isFree = open.frames.get(at)?.source !== 'hand'
      return proposal && isFree ? [[at, proposal.mask] as const] : []
    }),
  )
}
