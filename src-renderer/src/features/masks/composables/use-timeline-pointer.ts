import { ref } from 'vue'
import { clipSpan, lastStart } from '#shared/fame/clip-window.ts'
import type { MaskWindow } from '#shared/contract/mask-windows.ts'
import { keptAt, lanes, type TimelineScene } from '../lib/draw-timeline.ts'
import { frameAt, gripAt, resized, type Grip, type TimeWindow } from '../lib/timeline.ts'

/** Height of the part of the lane of windows in which the clip's own is held. */
const HANDLES = lanes.windows - 6

/** Dragging on a timeline: frames below and in the ruler, the clip's window and its edges in between. */
export function useTimelinePointer(options: {
  scene: () => TimelineScene
  width: () => number
  scrub: (frame: number) => void
  setWindow: (window: TimeWindow) => void
  open: (window: MaskWindow) => void
}) {
  const { scene, width } = options
  const held = ref<'frames' | Grip | null>(null)
  const over = ref<'frames' | Grip | null>(null)
  let grabbedAt = 0

  const placeOf = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const toFrame = (x: number) => frameAt(x, scene().view, width())
  function isLane(y: number): boolean {
    return y >= lanes.ruler && y < lanes.ruler + lanes.windows
  }
  function moveTo(frame: number) {
    const { window, count } = scene()
    const start = Math.min(lastStart(window, count), Math.max(0, Math.round(frame - grabbedAt)))
    if (start !== window.start) options.setWindow({ ...window, start })
  }
  function down(event: PointerEvent) {
    if (event.button !== 0) return
    const target = event.currentTarget as HTMLElement
    target.setPointerCapture(event.pointerId)
    const { x, y } = placeOf(event)
    const { window } = scene()
    if (!isLane(y)) {
      held.value = 'frames'
      return options.scrub(Math.floor(toFrame(x)))
    }
    const kept = y >= lanes.ruler + HANDLES ? keptAt(x, scene(), width()) : null
    if (kept) return options.open(kept)
    const grip = gripAt(x, window, scene().view, width())
    held.value = grip ?? 'body'
    // Beside the window: it jumps, its middle under the pointer.
    grabbedAt = grip ? toFrame(x) - window.start : clipSpan(window) / 2
    if (!grip) moveTo(toFrame(x))
  }
  function move(event: PointerEvent) {
    const { x, y } = placeOf(event)
    const { window, view, count } = scene()
    over.value = isLane(y) ? gripAt(x, window, view, width()) : 'frames'
    if (held.value === 'frames') options.scrub(Math.floor(toFrame(x)))
    else if (held.value === 'body') moveTo(toFrame(x))
    else if (held.value) {
      const by = event.shiftKey ? 'stride' : 'frames'
      const next = resized(window, held.value, Math.round(toFrame(x)), { by, count })
      if (!isSame(next, window)) options.setWindow(next)
    }
  }
  function up() {
    held.value = null
  }
  return { held, over, down, move, up }
}

function isSame(a: TimeWindow, b: TimeWindow): boolean {
  return a.start === b.start && a.frames === b.frames && a.stride === b.stride
}
