import { useStorage } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import type { Command } from '../../../commands/command.ts'
import type { IconName } from '../../../ui/icons.ts'
import type { StageTool } from '../lib/stage-tool.ts'
import { BrushTool, type BrushShape } from '../lib/tools/brush.ts'
import { FloodTool } from '../lib/tools/flood.ts'
import { LassoTool } from '../lib/tools/lasso.ts'
import { PolygonTool } from '../lib/tools/polygon.ts'
import { RectangleTool } from '../lib/tools/rectangle.ts'
import { useMaskLayers } from '../mask-settings-store.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import { useFramePixels, type FramePlace } from './use-frame-pixels.ts'
import type { MaskEditor } from './use-mask-editor.ts'

export const maskTools = [
  { id: 'brush', label: 'Brush', icon: 'brush', shortcut: 'B' },
  { id: 'eraser', label: 'Eraser', icon: 'eraser', shortcut: 'E' },
  { id: 'polygon', label: 'Polygon', icon: 'polygon', shortcut: 'P' },
  { id: 'rectangle', label: 'Rectangle', icon: 'rectangle', shortcut: 'R' },
  { id: 'lasso', label: 'Lasso', icon: 'lasso', shortcut: 'O' },
  { id: 'flood', label: 'Flood fill', icon: 'fill', shortcut: 'F' },
] as const satisfies readonly { id: string; label: string; icon: IconName; shortcut: string }[]
export type MaskToolId = (typeof maskTools)[number]['id']

export interface ToolSettings {
  /** Diameter of brush and eraser in video pixels. */
  size: number
  /** Whether a pen's pressure counts. */
  pressure: boolean
  /** Whether a fill keeps to colours like the one it starts from. */
  colours: boolean
  /** How different a colour may be, 0..255. */
  tolerance: number
  /** How far grow, shrink and smooth reach, in video pixels. */
  reach: number
}

/** Video pixels. */
export const LARGEST_BRUSH = 400
const STEP = 1.25

export type MaskTools = ReturnType<typeof useMaskTools>

/** The tools that draw on a mask, which one is taken up, and their keys. */
export function useMaskTools(options: {
  editor: MaskEditor
  /** The frame under the mask, for fills by colour. */
  frame: () => FramePlace | null
}) {
  const { editing, view } = options.editor
  const look = useMaskLayers()
  const chosen = ref<MaskToolId | null>(null)
  const settings = useStorage<ToolSettings>(
    'fame.mask-tools',
    { size: 24, pressure: true, colours: false, tolerance: 24, reach: 2 },
    undefined,
    { mergeDefaults: true },
  )
  const colours = useFramePixels(() =>
    chosen.value === 'flood' && settings.value.colours ? options.frame() : null,
  )
  const shape = (): BrushShape => ({
    radius: settings.value.size / 2,
    usesPressure: settings.value.pressure,
  })
  const polygon = new PolygonTool(editing)
  const brushes = {
    brush: new BrushTool(editing, 1, shape()),
    eraser: new BrushTool(editing, 0, shape()),
  }
  const all: Record<MaskToolId, StageTool> = {
    ...brushes,
    polygon,
    rectangle: new RectangleTool(editing),
    lasso: new LassoTool(editing),
    flood: new FloodTool(editing, () =>
      colours.value ? { frame: colours.value, tolerance: settings.value.tolerance } : undefined,
    ),
  }
  watch(shape, (now) => Object.values(brushes).forEach((brush) => brush.reshape(now)))
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
  function resize(factor: number) {
    const { size } = settings.value
    const next = factor > 1 ? Math.ceil(size * factor) : Math.floor(size * factor)
    settings.value.size = Math.min(LARGEST_BRUSH, Math.max(1, next))
  }
  const isBrush = () => chosen.value === 'brush' || chosen.value === 'eraser'
  const corners = () => (chosen.value === 'polygon' ? polygon.revision.value : 0)

  const toolCommands = useCommands(
    maskTools.map(({ id, label, shortcut }): Command => ({
      name: `correct.${id}`,
      label,
      group: 'Correct',
      shortcut,
      enabled: () => view.value !== null,
      perform: () => choose(chosen.value === id ? null : id),
    })),
  )
  useCommands([
    {
      name: 'correct.smaller',
      label: 'Smaller brush',
      group: 'Correct',
      shortcut: '[',
      enabled: isBrush,
      perform: () => resize(1 / STEP),
    },
    {
      name: 'correct.larger',
      label: 'Larger brush',
      group: 'Correct',
      shortcut: ']',
      enabled: isBrush,
      perform: () => resize(STEP),
    },
    {
      name: 'correct.put-away',
      label: 'Put the tool away',
      group: 'Correct',
      shortcut: 'Escape',
      enabled: () => chosen.value !== null,
      perform: () => choose(null),
    },
    {
      name: 'correct.close-polygon',
      label: 'Close the polygon',
      group: 'Correct',
      shortcut: 'Enter',
      enabled: () => corners() > 2,
      perform: () => polygon.close(),
    },
    {
      name: 'correct.polygon-back',
      label: 'Remove the polygon’s last corner',
      group: 'Correct',
      shortcut: 'Backspace',
      enabled: () => corners() > 0,
      perform: () => polygon.back(),
    },
    {
      name: 'correct.polygon-cancel',
      label: 'Give the polygon up',
      group: 'Correct',
      shortcut: 'Escape',
      enabled: () => corners() > 0,
      perform: () => polygon.cancel(),
    },
  ] as const satisfies readonly Command[])

  return { chosen, choose, tool, settings, commands: toolCommands, colours }
}
