import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { StagePoint, StageTool } from '../lib/stage-tool.ts'

/** Hands what the pointer does to the tool, which has to be drawn again then. */
export function useToolPointer(options: {
  tool: MaybeRefOrGetter<StageTool | null>
  pointOf: (event: PointerEvent) => StagePoint
  redraw: () => void
}) {
  const { pointOf, redraw } = options
  const tool = computed(() => toValue(options.tool))
  function down(event: PointerEvent) {
    tool.value?.down(pointOf(event), { shift: event.shiftKey, alt: event.altKey })
    redraw()
  }
  /** Every place that the pointer has passed since the last event counts. */
  function draw(event: PointerEvent) {
    const passed = event.getCoalescedEvents()
    tool.value?.move((passed.length > 0 ? passed : [event]).map(pointOf))
  }
  function end(isComplete: boolean) {
    if (isComplete) tool.value?.up()
    else tool.value?.cancel()
    redraw()
  }
  return { tool, down, draw, hover: (at: StagePoint | null) => tool.value?.hover?.(at), end }
}
