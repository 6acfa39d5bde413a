import { computed, ref, toValue, watch } from 'vue'
import type { ClipStage } from './use-clip-stage.ts'
import { useFrameMasks } from './use-frame-masks.ts'
import { useMaskChanges } from './use-mask-changes.ts'
import { useMaskEditor, type MaskEditorOptions } from './use-mask-editor.ts'
import { useMaskTools } from './use-mask-tools.ts'

/** Correcting the mask of the open clip: the editor, and what it is corrected with. */
export function useMaskCorrection(
  options: Omit<MaskEditorOptions, 'frame'>,
  { stage, frame }: ClipStage,
) {
  const { shown, index, seek } = stage.player
  const plain = useMaskEditor({ ...options, frame: () => shown.value })
  const frames = useFrameMasks({ editor: plain, index: () => index.value, seek })
  const editor = { ...plain, editing: frames.editing }
  const tools = useMaskTools({ editor, frame })
  /** Whether FAME's mask is shown in place of the corrected one for a moment. */
  const showsFame = ref(false)
  watch([() => toValue(options.window), tools.tool], () => (showsFame.value = false))
  const corrected = computed(() =>
    showsFame.value ? null : (frames.proposal.value ?? editor.shown.value),
  )
  const changes = useMaskChanges({ editor, reach: () => tools.settings.value.reach })
  return { editor, frames, tools, changes, showsFame, corrected }
}
