import { useEventListener } from '@vueuse/core'
import { shallowRef, type Ref } from 'vue'
import type { Place } from '../lib/lasso.ts'
import type { MapView } from '../lib/map-view.ts'

/** Pixels between two corners of a lasso. */
const STEP = 3
/** Corners that make an area. */
const FEWEST = 3

/** A line drawn around points of a map; its corners are in units of the map. */
export function useMapLasso(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  on: {
    view: () => MapView
    /** Whether a press begins a lasso. */
    wants: (event: PointerEvent) => boolean
    end: (polygon: readonly Place[]) => void
  },
) {
  const corners = shallowRef<readonly Place[]>([])
  let last: Place | null = null

  function add({ offsetX: x, offsetY: y }: PointerEvent) {
    if (last && Math.hypot(x - last.x, y - last.y) < STEP) return
    last = { x, y }
    const { scale, left, top } = on.view()
    corners.value = [...corners.value, { x: (x - left) / scale, y: (y - top) / scale }]
  }
  useEventListener(canvas, 'pointerdown', (event: PointerEvent) => {
    if (event.button !== 0 || !on.wants(event)) return
    canvas.value?.setPointerCapture(event.pointerId)
    corners.value = []
    last = null
    add(event)
  })
  useEventListener(canvas, 'pointermove', (event: PointerEvent) => {
    if (last) add(event)
  })
  useEventListener(canvas, 'pointerup', () => {
    if (last && corners.value.length >= FEWEST) on.end(corners.value)
    stop()
  })
  useEventListener(canvas, 'pointercancel', stop)
  function stop() {
    corners.value = []
    last = null
  }
  return { corners }
}
