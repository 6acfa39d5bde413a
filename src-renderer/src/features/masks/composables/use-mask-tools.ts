import { useStorage } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { LARGEST_BRUSH, type MaskToolId, type ToolSettings } from '../lib/tools/tool-list.ts'
import { useMaskLayers } from '../mask-settings-store.ts'
import { useDrawingTools } from './use-drawing-tools.ts'
import type { ClipMotion } from '../lib/tools/click-source.ts'
import { useClickCommands } from './use-click-commands.ts'
import { useClickSource } from './use-click-source.ts'
import { useFramePixels, type FramePlace } from './use-frame-pixels.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import { useTakenToolCommands, useToolCommands } from './use-tool-commands.ts'

/** By how much a press makes the brush larger. */
const STEP = 1.25

export type MaskTools = ReturnType<typeof useMaskTools>

/** The tools that draw on a mask, which one is taken up, and their keys. */
export function useMaskTools(options: {
  editor: MaskEditor
  /** The frame under the mask, for fills by colour and for clicks. */
  frame: () => FramePlace | null
  /** Motion in the clip; undefined while it is being computed, null where it could not be. */
  motion: () => ClipMotion | null | undefined
}) {
  const { editing, view } = options.editor
  const look = useMaskLayers()
  const chosen = ref<MaskToolId | null>(null)
  const settings = useStorage<ToolSettings>(
    'fame.mask-tools',
    { size: 24, pressure: true, colours: false, tolerance: 24, taking: 'replace', reach: 2 },
    undefined,
    { mergeDefaults: true },
  )
  const filled = useFramePixels(() =>
    chosen.value === 'flood' && settings.value.colours ? options.frame() : null,
  )
  const colours = filled.pixels
  const clickedOn = useFramePixels(() => (chosen.value === 'clicks' ? options.frame() : null))
  const { all, polygon, clicks } = useDrawingTools({ editing, settings, colours })
  const clicked = useClickSource({
    tool: clicks,
    editor: options.editor,
    pixels: clickedOn.pixels,
    motion: options.motion,
  })
  const tool = computed(() => (chosen.value ? all[chosen.value] : null))
  watch(chosen, (_now, before) => before && all[before].cancel())
  watch(
    () => view.value?.window,
    () => tool.value?.cancel(),
  )
  function choose(id: MaskToolId | null) {
    chosen.value = id
    if (id) look.tab = 'correct'
  }
  function resize(larger: boolean) {
    const { size } = settings.value
    const next = larger ? Math.ceil(size * STEP) : Math.floor(size * (1 / STEP))
    settings.value.size = Math.min(LARGEST_BRUSH, Math.max(1, next))
  }
  const commands = useToolCommands({ chosen, choose, hasWindow: () => view.value !== null })
  useTakenToolCommands({ chosen, putAway: () => choose(null), resize, polygon })
  const clickCommands = useClickCommands(chosen, clicks)
  return {
    chosen,
    choose,
    tool,
    settings,
    commands,
    colours,
    /** Why a fill has no colours to keep to; null where it has, or needs none. */
    noColours: filled.failure,
    clicks: {
      ...{ tool: clicks, commands: clickCommands, ...clicked },
      ...{ failure: clickedOn.failure, retry: clickedOn.retry },
    },
  }
}
