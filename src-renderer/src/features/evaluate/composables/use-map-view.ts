import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { wholeMap, zoomMap, type MapView } from '../lib/map-view.ts'
import { placeOf, useMapDrag, type MapPointer } from './use-map-drag.ts'

const WHEEL = 0.0016

/** What of a map is in sight: the wheel zooms about the pointer, a drag moves. */
export function useMapView(canvas: Readonly<Ref<HTMLCanvasElement | null>>, on: MapPointer) {
  const { width, height } = useElementSize(canvas)
  const stage = computed(() => ({ width: width.value, height: height.value }))
  const fitted = ref(true)
  const chosen = shallowRef<MapView>({ scale: 1, left: 0, top: 0 })
  const view = computed(() => (fitted.value ? wholeMap(stage.value) : chosen.value))

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
  const isDragging = useMapDrag(canvas, { ...on, view: () => view.value, move: set })

  const middle = () => ({ x: stage.value.width / 2, y: stage.value.height / 2 })
  function zoom(factor: number) {
    set(zoomMap(view.value, factor, middle(), stage.value))
  }
  function panBy(x: number, y: number) {
    set({ ...view.value, left: view.value.left + x, top: view.value.top + y })
  }
  return { stage, view, zoom, panBy, isDragging, fit: () => (fitted.value = true) }
}
