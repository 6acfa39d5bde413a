import { computed, onScopeDispose, shallowReactive, shallowRef, watch } from 'vue'
import type {
  CarriedBy,
  PropagateEvent,
  PropagateRequest,
  ProposedFrame,
} from '#shared/contract/propagation.ts'
import { shownMask } from '#shared/masks/frame-edits.ts'
import { client } from '../../../api/client.ts'
import type { MaskSession } from '../lib/mask-session.ts'
import { conflictsOf } from '../lib/proposals.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { EditorView } from './use-session-view.ts'

type Progress = Extract<PropagateEvent, { type: 'progress' }>
export type Propagation = ReturnType<typeof usePropagation>

/**
 * Carries the mask of the frame in sight to the other frames of the clip. What comes is a proposal
 * until somebody accepts it. It is discarded when another clip is opened, and when the mask that was
 * carried changes, by an edit or by an undo.
 */
export function usePropagation(
  { session, view, frame }: MaskEditor,
  /** What it is carried by; null where that cannot be. */
  by: () => CarriedBy | null,
) {
  const proposed = shallowRef<ReadonlyMap<number, ProposedFrame>>(new Map())
  const progress = shallowRef<Omit<Progress, 'type'> | null>(null)
  const state = shallowReactive<{ source: number | null; failure: unknown }>({
    source: null,
    failure: null,
  })
  let controller: AbortController | null = null
  /** The mask of the source frame when it was carried. */
  let carried: Uint8Array = new Uint8Array()
  const running = computed(() => progress.value !== null)
  const conflicts = computed(() => conflictsOf(proposed.value))
  const hasMask = computed(() => frame.value !== null && view.value?.hasOwnMask === true)
  const canStart = computed(() => !running.value && hasMask.value && by() !== null)

  async function start() {
    const [clip, from, means] = [view.value, frame.value, by()]
    if (!clip || from === null || !means || !canStart.value) return
    discard()
    const own = (controller = new AbortController())
    state.failure = null
    state.source = from
    const request = requestOf(clip, from, means)
    carried = request.mask
    progress.value = { phase: 'starting', done: 0, total: request.to, secondsLeft: null }
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
  const moves = { start, cancel, discard, accept }
  return { proposed, progress, running, conflicts, state, hasMask, canStart, ...moves }
}

/** From a frame to all others; masks drawn by hand are carried from where they are. */
function requestOf({ window, masks }: EditorView, frame: number, by: CarriedBy): PropagateRequest {
  const fixed = [...masks.frames].flatMap(([at, { source, mask }]) =>
    at !== frame && source === 'hand' ? [{ frame: at, mask }] : [],
  )
  const mask = shownMask(masks, frame)
  return { window, frame, mask, from: 0, to: window.frames - 1, fixed, by }
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
