import { computed, shallowRef, watch, type Ref } from 'vue'
import {
  cellUnder,
  panned,
  wholeMatrix,
  zoomed,
  type ConfusionPlot,
  type ConfusionView,
} from '../lib/confusion-view.ts'
import type { Place } from '../../../lib/stage-view.ts'
import { useMatrixPointers } from './use-matrix-pointers.ts'

/** Wheel, pinch and drag on a matrix; the cell under the pointer; a press on one. */
export function useEvaluationZoom(options: {
  canvas: Readonly<Ref<HTMLElement | null>>
  plot: Readonly<Ref<ConfusionPlot>>
  size: Readonly<Ref<number>>
  /** Off: the matrix keeps still, so that a page around it scrolls. */
  zooms: () => boolean
  pick: (row: number, column: number) => void
}) {
  const { canvas, plot, size, zooms } = options
  const whole = computed(() => wholeMatrix(size.value, plot.value))
  const moved = shallowRef<ConfusionView | null>(null)
  const view = computed(() => moved.value ?? whole.value)
  const pointed = shallowRef<{ row: number; column: number } | null>(null)
  const room = () => ({ size: size.value, plot: plot.value })
  watch([size, plot], () => (moved.value = null))

  function zoom(by: number, at?: Place) {
    const middle = { x: plot.value.width / 2, y: plot.value.height / 2 }
    const next = zoomed(view.value, by, at ?? middle, room())
    moved.value = next.cell <= whole.value.cell ? null : next
  }
  useMatrixPointers(canvas, () => plot.value, {
    zooms,
    zoom,
    point: (at) => (pointed.value = at && cellUnder(view.value, at, room())),
    pan(by) {
      if (moved.value) moved.value = panned(view.value, by, room())
    },
    click(at) {
      const cell = cellUnder(view.value, at, room())
      if (cell) options.pick(cell.row, cell.column)
    },
  })
  return {
    view,
    pointed,
    isWhole: computed(() => moved.value === null),
    zoom: (by: number) => zoom(by),
    reset: () => (moved.value = null),
  }
}
