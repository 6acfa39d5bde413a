import { computed, ref, watch, type Ref } from 'vue'
import { frameOfWindow } from '#shared/masks/window.ts'
import { EDIT_SCOPES, shownMask } from '#shared/masks/frame-edits.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import type { Mask } from '#shared/masks/mask.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import { acceptable } from '../lib/proposals.ts'
import { stripCells, type StripCell } from '../lib/strip-cells.ts'
import type { Editing } from '../lib/tools/editing.ts'
import { useMaskScope } from '../mask-settings-store.ts'
import { useCarriedBy } from './use-carried-by.ts'
import { useFrameCommands, usePropagateCommands } from './use-frame-commands.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import { usePropagation, type Propagation } from './use-propagation.ts'

export type FrameMasksWork = ReturnType<typeof useFrameMasks>

interface FrameMasksOptions {
  editor: MaskEditor
  /** Number in the video of the frame that is wanted, which is in sight a moment later. */
  index: () => number
  seek: (index: number) => void
}

/** Masks by frame of the open clip: which frames have one, what is proposed, and what edits reach. */
export function useFrameMasks(options: FrameMasksOptions) {
  const { editor } = options
  const { view, frame, session } = editor
  const scope = useMaskScope()
  const carriedBy = useCarriedBy()
  const propagation = usePropagation(editor, () => carriedBy.by.value)
  const { proposed, conflicts } = propagation
  const cells = computed(() => stripCells(view.value, proposed.value, conflicts.value))
  const own = computed(() =>
    frame.value === null ? null : (view.value?.masks.frames.get(frame.value) ?? null),
  )
  const { go, goBy, goToOwn } = useFrameMoves(options, cells)
  const { acceptThis, acceptAll, ...taking } = useAccepting(editor, propagation)
  const keeping = useKeeping(editor, propagation, taking.range)
  function dropOwn() {
    const at = frame.value
    if (at !== null) session.value?.drop([at], `clip’s mask on frame ${at}`)
  }
  function nextScope() {
    const at = EDIT_SCOPES.indexOf(scope.scope)
    scope.scope = EDIT_SCOPES[(at + 1) % EDIT_SCOPES.length]!
  }
  const commands = useFrameCommands({
    go: goBy,
    goToOwn,
    nextScope,
    toggleOnion: () => (scope.onion = !scope.onion),
    dropOwn,
    ...keeping,
    isOpen: () => view.value !== null,
    hasOwn: () => own.value !== null,
  })
  const pictures = useFramePictures(editor, propagation)
  /** Drawing on a frame with a proposal takes the proposal first. */
  const editing: Editing = {
    ...editor.editing,
    begin() {
      if (frame.value !== null && proposed.value.has(frame.value)) acceptThis()
      return editor.editing.begin()
    },
  }
  const masks = { propagation, carriedBy, scope, cells, own, go, commands, editing }
  return { ...masks, acceptAll, ...taking, ...pictures }
}

/** Going from frame to frame of the clip. */
function useFrameMoves(
  { editor, index, seek }: FrameMasksOptions,
  cells: Readonly<Ref<readonly StripCell[]>>,
) {
  const { view, frame } = editor
  function go(to: number) {
    const clip = view.value?.window
    if (!clip) return
    const at = Math.min(clip.frames - 1, Math.max(0, to))
    seek(clip.start + at * clip.stride)
  }
  /** The frame of the clip that is wanted: keys may come faster than pictures. */
  const wanted = () => {
    const clip = view.value?.window
    return (clip && frameOfWindow(index(), clip)) ?? frame.value ?? 0
  }
  function goToOwn(by: 1 | -1) {
    const marked = cells.value.flatMap((cell, at) => (cell.kind === 'none' ? [] : [at]))
    const from = wanted()
    const next = by > 0 ? marked.find((at) => at > from) : marked.findLast((at) => at < from)
    if (next !== undefined) go(next)
  }
  return { go, goBy: (by: 1 | -1) => go(wanted() + by), goToOwn }
}

/** Taking what was propagated: all of it, the marked range, or the frame in sight. */
function useAccepting({ view, frame }: MaskEditor, propagation: Propagation) {
  const { proposed, accept } = propagation
  /** The frames that are marked in the strip, both counted; null for none. */
  const range = ref<readonly [number, number] | null>(null)
  watch(
    () => view.value?.window,
    () => (range.value = null),
  )
  /** Frames of the marked range, or of all, whose proposals can be taken. */
  const ready = computed(() => acceptable(proposed.value, range.value ?? [0, Infinity]))
  function acceptReady() {
    const label = range.value ? `propagate to frames ${range.value.join('–')}` : 'propagate'
    if (accept(ready.value, label)) range.value = null
  }
  function acceptThis() {
    if (frame.value !== null) accept([frame.value], `propagate to frame ${frame.value}`)
  }
  /** All of it, whatever is marked. */
  function acceptAll() {
    const all = acceptable(proposed.value, [0, Infinity])
    if (all.length > 0) accept(all, 'propagate')
  }
  const taking = usePropagateCommands({
    propagation,
    acceptReady,
    acceptThis,
    hasReady: () => ready.value.length > 0,
    isReady: () => frame.value !== null && ready.value.includes(frame.value),
  })
  return { range, ready, acceptThis, acceptAll, taking }
}

/** Vouching for what frames are shown with: the marked ones, or the one in sight. */
function useKeeping(
  { session, view, frame }: MaskEditor,
  { proposed }: Propagation,
  range: Readonly<Ref<readonly [number, number] | null>>,
) {
  /** Frames in question that are not kept yet; a proposal is accepted first. */
  const keepable = computed(() => {
    const open = view.value
    if (!open?.hasOwnMask || frame.value === null) return []
    const [from, to] = range.value ?? [frame.value, frame.value]
    const last = Math.min(to, open.window.frames - 1)
    return Array.from({ length: Math.max(0, last - from + 1) }, (_, i) => from + i).filter(
      (at) => open.masks.frames.get(at)?.source !== 'hand' && !proposed.value.has(at),
    )
  })
  function keep() {
    const frames = keepable.value
    const name = range.value ? `keep frames ${range.value.join('–')}` : `keep frame ${frames[0]}`
    if (frames.length > 0) session.value?.keep(frames, name)
  }
  return { keep, canKeep: () => keepable.value.length > 0 }
}

/** Masks that are shown beside or in place of the one under correction. */
function useFramePictures({ view, frame, shown }: MaskEditor, propagation: Propagation) {
  const scope = useMaskScope()
  const size = computed(() => {
    const mask = shown.value
    return mask && { width: mask.width, height: mask.height }
  })
  const pictureOf = (packed: Uint8Array | undefined): Mask | null =>
    packed && size.value
      ? {
          ...size.value,
          data: decodeRuns(unpackRuns(packed), size.value.width * size.value.height),
        }
      : null
  /** What is proposed for the frame in sight. */
  const proposal = computed<ShownMask | null>(() => {
    if (frame.value === null) return null
    const found = propagation.proposed.value.get(frame.value)
    const mask = found?.overlap === null ? pictureOf(found.mask) : null
    return mask && { ...mask, mask: mask.data, version: 0, dirty: null }
  })
  /** The mask of the frame before, where it is asked for. */
  const onion = computed<Mask | null>(() => {
    const at = frame.value
    const masks = view.value?.masks
    if (!scope.onion || at === null || at === 0 || !masks || !size.value) return null
    return pictureOf(propagation.proposed.value.get(at - 1)?.mask ?? shownMask(masks, at - 1))
  })
  return { proposal, onion }
}
