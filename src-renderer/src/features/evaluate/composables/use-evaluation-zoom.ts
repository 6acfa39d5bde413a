import { useEventListener } from '@vueuse/core'
import { computed, shallowRef, watch, type Ref } from 'vue'
import {
  cellUnder,
  panned,
  wholeMatrix,
  zoomed,
  type ConfusionPlot,
  type ConfusionView,
} from '../lib/confusion-view.ts'

/** Wheel units for a doubling. */
const DOUBLING = 240
/** A press that moves less than this many pixels chooses a cell. */
const STILL = 4

interface Point {
  x: number
  y: number
}

/** Wheel, pinch and drag on a matrix; the cell under the pointer; a press on one. */
export function useEvaluationZoom(options: {
  canvas: Readonly<Ref<HTMLElement | null>>
  plot: Readonly<Ref<ConfusionPlot>>
  size: Readonly<Ref<number>>
  /** Off: the matrix keeps still, so that a page around it scrolls. */
  zooms: () => boolean
  pick: (row: number, column: number) => void
}) {
  const { canvas, plot, size } = options
  const whole = computed(() => wholeMatrix(size.value, plot.value))
  const moved = shallowRef<ConfusionView | null>(null)
  const view = computed(() => moved.value ?? whole.value)
  const pointed = shallowRef<{ row: number; column: number } | null>(null)
  const room = () => ({ size: size.value, plot: plot.value })
  const pointers = new Map<number, Point>()
  let start: Point | null = null

  watch([size, plot], () => (moved.value = null))

  function place(event: MouseEvent): Point {
    const box = canvas.value?.getBoundingClientRect()
    return {
      x: event.clientX - (box?.left ?? 0) - plot.value.left,
      y: event.clientY - (box?.top ?? 0) - plot.value.top,
    }
  }
  function zoom(by: number, at?: Point) {
    const middle = { x: plot.value.width / 2, y: plot.value.height / 2 }
    const next = zoomed(view.value, by, at ?? middle, room())
    moved.value = next.cell <= whole.value.cell ? null : next
  }
  function down(event: PointerEvent) {
    if (event.button > 0) return
    canvas.value?.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, place(event))
    start = pointers.size === 1 ? place(event) : null
  }
  function move(event: PointerEvent) {
    const now = place(event)
    const before = pointers.get(event.pointerId)
    pointed.value = cellUnder(view.value, now, room())
    if (!before || !options.zooms()) return
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    if (other) pinch(before, now, other)
    else if (moved.value) {
      moved.value = panned(view.value, { x: now.x - before.x, y: now.y - before.y }, room())
    }
    pointers.set(event.pointerId, now)
  }
  function pinch(before: Point, now: Point, other: Point) {
    const apart = (a: Point, b: Point) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y))
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
    zoom(apart(now, other) / apart(before, other), middle)
  }
  function up(event: PointerEvent) {
    pointers.delete(event.pointerId)
    const at = place(event)
    const isStill = start && Math.hypot(at.x - start.x, at.y - start.y) < STILL
    start = null
    const cell = isStill ? cellUnder(view.value, at, room()) : null
    if (cell) options.pick(cell.row, cell.column)
  }
  function wheel(event: WheelEvent) {
    if (!options.zooms()) return
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    // Pinching on a touchpad comes as a wheel with Ctrl, in small units.
    const units = event.deltaY * lines * (event.ctrlKey ? 4 : 1)
    zoom(2 ** (-units / DOUBLING), place(event))
    pointed.value = cellUnder(view.value, place(event), room())
  }
  useEventListener(canvas, 'pointerdown', down)
  useEventListener(canvas, 'pointermove', move)
  useEventListener(canvas, 'pointerup', up)
  useEventListener(canvas, 'pointercancel', (event) => pointers.delete(event.pointerId))
  useEventListener(canvas, 'pointerleave', () => (pointed.value = null))
  useEventListener(canvas, 'wheel', wheel, { passive: false })
  return {
    view,
    pointed,
    isWhole: computed(() => moved.value === null),
    zoom: (by: number) => zoom(by),
    reset: () => (moved.value = null),
  }
}
