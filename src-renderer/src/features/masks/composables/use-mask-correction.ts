import { computed, ref, toValue, watch } from 'vue'
import type { FramePlace } from './use-frame-pixels.ts'
import { useMaskChanges } from './use-mask-changes.ts'
import { useMaskEditor, type MaskEditorOptions } from './use-mask-editor.ts'
import { useMaskTools } from './use-mask-tools.ts'

/**
 * Correcting the mask of the open clip: the editor, and what it is corrected with.
 * @param frame the frame under the mask
 */
export function useMaskCorrection(options: MaskEditorOptions, frame: () => FramePlace | null) {
  const editor = useMaskEditor(options)
  const tools = useMaskTools({ editor, frame })
  /** Whether FAME's mask is shown in place of the corrected one for a moment. */
  const showsFame = ref(false)
  watch([() => toValue(options.window), tools.tool], () => (showsFame.value = false))
  const corrected = computed(() => (showsFame.value ? null : editor.shown.value))
  const changes = useMaskChanges({ editor, reach: () => tools.settings.value.reach })
  return { editor, tools, changes, showsFame, corrected }
}
