import { computed, watch, type Ref } from 'vue'
import type { Frame } from '#shared/masks/clicks/sizes.ts'
import { ClickSource, type ClipMotion } from '../lib/tools/click-source.ts'
import type { ClickTool } from '../lib/tools/clicks.ts'
import { useMaskScope } from '../mask-settings-store.ts'
import type { MaskEditor } from './use-mask-editor.ts'

/**
 * What clicks find objects in: the frame in sight, and what moves there. An edit of the whole clip
 * looks for where the object is in any frame of it.
 */
export function useClickSource(options: {
  tool: ClickTool
  editor: MaskEditor
  /** Null while the tool is not taken up, or the frame is being read. */
  pixels: Readonly<Ref<Frame | null>>
  /** Motion in the clip; undefined while it is being computed, null where it could not be. */
  motion: () => ClipMotion | null | undefined
}) {
  const { tool, editor, pixels, motion } = options
  const scope = useMaskScope()
  const at = computed(() => (scope.scope === 'clip' ? null : editor.frame.value))
  const source = computed(() => {
    const [frame, moving] = [pixels.value, motion()]
    return frame && moving !== undefined ? new ClickSource(frame, moving, at.value) : null
  })
  // Clicks are places on one frame, and mean something else on the next.
  watch([editor.frame, at], () => tool.cancel(), { flush: 'sync' })
  watch(source, (now) => tool.use(now), { immediate: true })
  return {
    isReady: computed(() => source.value !== null),
    /** Whether objects are told from others by what moves, and not by colours alone. */
    hasMotion: computed(() => motion() !== null),
  }
}
