import { computed, ref, toValue, watch } from 'vue'
import type { useClipMask } from './use-clip-mask.ts'
import type { ClipStage } from './use-clip-stage.ts'
import { useFrameMasks } from './use-frame-masks.ts'
import { useMaskChanges } from './use-mask-changes.ts'
import { useMaskEditor, type MaskEditor, type MaskEditorOptions } from './use-mask-editor.ts'
import { useMaskTools } from './use-mask-tools.ts'

/** Correcting the mask of the open clip: the editor, and what it is corrected with. */
export function useMaskCorrection(
  window: MaskEditorOptions['window'],
  made: ReturnType<typeof useClipMask>,
  { stage, frame }: ClipStage,
) {
  const { shown, index, seek } = stage.player
  const plain = useMaskEditor({
    window,
    fame: made.fame,
    hasFame: () => made.isCurrent.value,
    origin: () => made.origin.value,
    frame: () => shown.value,
  })
  const frames = useFrameMasks({ editor: plain, index: () => index.value, seek })
  const drawn = { ...plain, editing: frames.editing }
  const tools = useMaskTools({ editor: drawn, frame, motion: made.motion })
  /**
   * A click that is not taken yet is undone before any edit. Approval is of what is shown, so proposals
   * are accepted before it.
   */
  const editor: MaskEditor = {
    ...drawn,
    decide(change) {
      if (change.state === 'approved') frames.acceptAll()
      return plain.decide(change)
    },
    undo() {
      if (!tools.clicks.tool.back()) plain.undo()
    },
  }
  /** Whether FAME's mask is shown in place of the corrected one for a moment. */
  const showsFame = ref(false)
  watch([() => toValue(window), tools.tool], () => (showsFame.value = false))
  /** What is shown in place of the clip's automatic mask: its own, or what the frame's is. */
  const corrected = computed(() => {
    const own = showsFame.value ? null : (frames.proposal.value ?? editor.shown.value)
    return own ?? made.front(editor.frame.value)
  })
  const changes = useMaskChanges({ editor, reach: () => tools.settings.value.reach })
  return { editor, frames, tools, changes, showsFame, corrected }
}
