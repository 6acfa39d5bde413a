import { useEventListener } from '@vueuse/core'
import type { Ref } from 'vue'
import type { Place } from '../../../lib/stage-view.ts'
import { wheelUnits } from '../../../lib/wheel.ts'

/** Wheel units for a doubling. */
const DOUBLING = 240
/** A press that moves less than this many pixels is a click. */
const STILL = 4

/** What pointers and wheel do to a matrix; places in pixels from its corner. */
export interface MatrixGestures {
  /** A pointer is over a place; null: it is gone. */
  point: (at: Place | null) => void
  pan: (by: Place) => void
  zoom: (factor: number, at: Place) => void
  click: (at: Place) => void
  /** Off: the matrix keeps still, so that a page around it scrolls. */
  zooms: () => boolean
}

/**
 * Wheel, pinch and drag on the canvas of a matrix.
 * @param corner where the matrix begins on the canvas
 */
export function useMatrixPointers(
  canvas: Readonly<Ref<HTMLElement | null>>,
  corner: () => { left: number; top: number },
  on: MatrixGestures,
) {
  const pointers = new Map<number, Place>()
  let start: Place | null = null

  function place(event: MouseEvent): Place {
    const box = canvas.value?.getBoundingClientRect()
    const { left, top } = corner()
    return { x: event.clientX - (box?.left ?? 0) - left, y: event.clientY - (box?.top ?? 0) - top }
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
    on.point(now)
    if (!before || !on.zooms()) return
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    if (other) on.zoom(...pinchOf(before, now, other))
    else on.pan({ x: now.x - before.x, y: now.y - before.y })
    pointers.set(event.pointerId, now)
  }
  function up(event: PointerEvent) {
    pointers.delete(event.pointerId)
    const at = place(event)
    const isStill = start && Math.hypot(at.x - start.x, at.y - start.y) < STILL
    start = null
    if (isStill) on.click(at)
  }
  function wheel(event: WheelEvent) {
    if (!on.zooms()) return
    event.preventDefault()
    on.zoom(2 ** (-wheelUnits(event) / DOUBLING), place(event))
    on.point(place(event))
  }
  useEventListener(canvas, 'pointerdown', down)
  useEventListener(canvas, 'pointermove', move)
  useEventListener(canvas, 'pointerup', up)
  useEventListener(canvas, 'pointercancel', (event) => pointers.delete(event.pointerId))
  useEventListener(canvas, 'pointerleave', () => on.point(null))
  useEventListener(canvas, 'wheel', wheel, { passive: false })
}

/** By how much two fingers zoom, one of which has moved, and about which place. */
function pinchOf(before: Place, now: Place, other: Place): [factor: number, at: Place] {
  const apart = (a: Place, b: Place) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y))
  const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
  return [apart(now, other) / apart(before, other), middle]
}
