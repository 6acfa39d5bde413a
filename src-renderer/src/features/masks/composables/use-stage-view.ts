import { useElementSize } from '@vueuse/core'
import { computed, ref, shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'
import {
  cellAt,
  cellsOf,
  centred,
  fitView,
  keepInSight,
  zoomAt,
  type Place,
  type Size,
  type StageView,
} from '../../../lib/stage-view.ts'

/** What of the picture is in sight on a stage with `count` cells; starts with all of it. */
export function useStageView(options: {
  stage: Readonly<Ref<HTMLElement | null>>
  picture: MaybeRefOrGetter<Size>
  count: MaybeRefOrGetter<number>
}) {
  const { width, height } = useElementSize(options.stage)
  const picture = computed(() => toValue(options.picture))
  const size = computed(() => ({ width: width.value, height: height.value }))
  const cells = computed(() =>
    cellsOf(Math.max(1, toValue(options.count)), size.value, picture.value),
  )
  const cell = computed(() => cells.value[0])
  const fitted = ref(true)
  const chosen = shallowRef<StageView>({ scale: 1, x: 0, y: 0 })
  const view = computed(() => (fitted.value ? fitView(picture.value, cell.value) : chosen.value))

  function set(to: StageView) {
    chosen.value = keepInSight(to, picture.value, cell.value)
    fitted.value = false
  }
  const middle = (): Place => ({ x: cell.value.width / 2, y: cell.value.height / 2 })
  function zoom(factor: number, at: Place = middle()) {
    set(zoomAt(view.value, factor, at, picture.value, cell.value))
  }
  function panBy(x: number, y: number) {
    set({ scale: view.value.scale, x: view.value.x + x, y: view.value.y + y })
  }
  /** A place of the stage as one of its cell. */
  function inCell(at: Place): Place {
    const found = cellAt(cells.value, at) ?? cell.value
    return { x: at.x - found.x, y: at.y - found.y }
  }
  // Another layout keeps the middle of what was in sight.
  watch(cell, (now, before) => {
    if (fitted.value || (now.width === before.width && now.height === before.height)) return
    const { scale, x, y } = chosen.value
    set({ scale, x: x + (now.width - before.width) / 2, y: y + (now.height - before.height) / 2 })
  })
  watch(
    () => `${picture.value.width} ${picture.value.height}`,
    () => (fitted.value = true),
  )
  return {
    size,
    cells,
    view,
    fitted,
    zoom,
    panBy,
    inCell,
    fit: () => (fitted.value = true),
    actualSize: () => set(centred(picture.value, cell.value, 1 / window.devicePixelRatio)),
  }
}
export type StageViewControl = ReturnType<typeof useStageView>
