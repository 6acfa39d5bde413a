import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { wholeMap, zoomMap, type MapView } from '../lib/map-view.ts'

/** A press that moves less is a click; pixels. */
const SLACK = 4
const WHEEL = 0.0016

/** What of a map is in sight: the wheel zooms about the pointer, a drag moves. */
export function useMapView(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  on: {
    point: (at: { x: number; y: number } | null) => void
    pick: () => void
    /** Whether a press is not for moving the map. */
    isTaken: (event: PointerEvent) => boolean
  },
) {
  const { width, height } = useElementSize(canvas)
  const stage = computed(() => ({ width: width.value, height: height.value }))
  const fitted = ref(true)
  const chosen = shallowRef<MapView>({ scale: 1, left: 0, top: 0 })
  const view = computed(() => (fitted.value ? wholeMap(stage.value) : chosen.value))
  const drag = shallowRef<{ x: number; y: number; from: MapView; moved: boolean } | null>(null)
  const placeOf = ({ offsetX: x, offsetY: y }: MouseEvent) => ({ x, y })

  function set(next: MapView) {
    chosen.value = next
    fitted.value = false
  }
  // What is in the middle stays there when the room changes.
  watch(stage, (now, before) => {
    if (fitted.value) return
    const { scale, left, top } = chosen.value
    const [right, down] = [(now.width - before.width) / 2, (now.height - before.height) / 2]
    set({ scale, left: left + right, top: top + down })
  })
  useEventListener(
    canvas,
    'wheel',
    (event: WheelEvent) => {
      event.preventDefault()
      set(zoomMap(view.value, Math.exp(-event.deltaY * WHEEL), placeOf(event), stage.value))
    },
    { passive: false },
  )
  useEventListener(canvas, 'pointerdown', (event: PointerEvent) => {
    if (event.button !== 0 || on.isTaken(event)) return
    canvas.value?.setPointerCapture(event.pointerId)
    drag.value = { ...placeOf(event), from: view.value, moved: false }
  })
  useEventListener(canvas, 'pointermove', (event: PointerEvent) => {
    const at = placeOf(event)
    const held = drag.value
    if (!held) return on.point(at)
    const [x, y] = [at.x - held.x, at.y - held.y]
    if (!held.moved && Math.hypot(x, y) < SLACK) return
    drag.value = { ...held, moved: true }
    on.point(null)
    set({ ...held.from, left: held.from.left + x, top: held.from.top + y })
  })
  useEventListener(canvas, 'pointerup', () => {
    const held = drag.value
    drag.value = null
    if (held && !held.moved) on.pick()
  })
  useEventListener(canvas, 'pointercancel', () => (drag.value = null))
  useEventListener(canvas, 'pointerleave', () => on.point(null))

  const middle = () => ({ x: stage.value.width / 2, y: stage.value.height / 2 })
  function zoom(factor: number) {
    set(zoomMap(view.value, factor, middle(), stage.value))
  }
  function panBy(x: number, y: number) {
    set({ ...view.value, left: view.value.left + x, top: view.value.top + y })
  }
  const isDragging = computed(() => drag.value?.moved ?? false)
  return { stage, view, zoom, panBy, isDragging, fit: () => (fitted.value = true) }
}
