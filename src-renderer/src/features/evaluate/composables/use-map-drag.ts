import { useEventListener } from '@vueuse/core'
import { computed, shallowRef, type Ref } from 'vue'
import type { MapView } from '../lib/map-view.ts'
import type { Place } from '../../../lib/stage-view.ts'

/** A press that moves less is a click; pixels. */
const SLACK = 4

/** What the pointer does on a map, in pixels of the canvas. */
export interface MapPointer {
  /** It is over a place, and moves nothing; null: it is gone, or moves the map. */
  point: (at: Place | null) => void
  /** It was pressed and let go at a place. */
  pick: () => void
  /** Whether a press is not for moving the map. */
  isTaken: (event: PointerEvent) => boolean
}

export function placeOf({ offsetX: x, offsetY: y }: MouseEvent): Place {
  return { x, y }
}

/** A drag moves the map along; a press that does not move picks what is under it. */
export function useMapDrag(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  on: MapPointer & { view: () => MapView; move: (to: MapView) => void },
) {
  const drag = shallowRef<(Place & { from: MapView; moved: boolean }) | null>(null)
  useEventListener(canvas, 'pointerdown', (event: PointerEvent) => {
    if (event.button !== 0 || on.isTaken(event)) return
    canvas.value?.setPointerCapture(event.pointerId)
    drag.value = { ...placeOf(event), from: on.view(), moved: false }
  })
  useEventListener(canvas, 'pointermove', (event: PointerEvent) => {
    const at = placeOf(event)
    const held = drag.value
    if (!held) return on.point(at)
    const [x, y] = [at.x - held.x, at.y - held.y]
    if (!held.moved && Math.hypot(x, y) < SLACK) return
    drag.value = { ...held, moved: true }
    on.point(null)
    on.move({ ...held.from, left: held.from.left + x, top: held.from.top + y })
  })
  useEventListener(canvas, 'pointerup', () => {
    const held = drag.value
    drag.value = null
    if (held && !held.moved) on.pick()
  })
  useEventListener(canvas, 'pointercancel', () => (drag.value = null))
  useEventListener(canvas, 'pointerleave', () => on.point(null))
  return computed(() => drag.value?.moved ?? false)
}
