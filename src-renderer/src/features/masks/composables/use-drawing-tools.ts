import { watch, type Ref } from 'vue'
import type { Frame } from '#shared/masks/clicks/sizes.ts'
import type { StageTool } from '../lib/stage-tool.ts'
import { ClickTool } from '../lib/tools/clicks.ts'
import { BrushTool, type BrushShape } from '../lib/tools/brush.ts'
import type { Editing } from '../lib/tools/editing.ts'
import { FloodTool } from '../lib/tools/flood.ts'
import { LassoTool } from '../lib/tools/lasso.ts'
import { PolygonTool } from '../lib/tools/polygon.ts'
import { RectangleTool } from '../lib/tools/rectangle.ts'
import type { MaskToolId, ToolSettings } from '../lib/tools/tool-list.ts'

/**
 * The tools that draw on a mask, as they are set.
 * @param colours of the frame under the mask; null where a fill is not to heed them
 */
export function useDrawingTools(options: {
  editing: Editing
  settings: Readonly<Ref<ToolSettings>>
  colours: Readonly<Ref<Frame | null>>
}) {
  const { editing, settings, colours } = options
  const shape = (): BrushShape => ({
    radius: settings.value.size / 2,
    usesPressure: settings.value.pressure,
  })
  const polygon = new PolygonTool(editing)
  const clicks = new ClickTool(editing, () => settings.value.taking)
  const brushes = {
    brush: new BrushTool(editing, 1, shape()),
    eraser: new BrushTool(editing, 0, shape()),
  }
  watch(shape, (now) => Object.values(brushes).forEach((brush) => brush.reshape(now)))
  const all: Record<MaskToolId, StageTool> = {
    ...brushes,
    polygon,
    rectangle: new RectangleTool(editing),
    lasso: new LassoTool(editing),
    flood: new FloodTool(editing, () =>
      colours.value ? { frame: colours.value.rgb, tolerance: settings.value.tolerance } : undefined,
    ),
    clicks,
  }
  return { all, polygon, clicks }
}
