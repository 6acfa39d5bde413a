import { useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, toValue, type MaybeRefOrGetter, type Ref } from 'vue'
import type { StagePoint, StageTool } from '../lib/stage-tool.ts'
import { toVideo, type Place } from '../../../lib/stage-view.ts'
import type { StageViewControl } from './use-stage-view.ts'

/** Wheel units for a doubling. */
const DOUBLING = 240

/**
 * Pointer, wheel and space bar on the stage: the tool draws with the left button; without a tool, with
 * space held or the middle button the picture moves; the wheel and pinching zoom.
 */
export function useStageGestures(options: {
  stage: Readonly<Ref<HTMLElement | null>>
  control: StageViewControl
  tool: MaybeRefOrGetter<StageTool | null>
  /** Something of the tool's has to be drawn again. */
  redraw: () => void
  /** Space was pressed and let go without moving the picture. */
  tapSpace: () => void
}) {
  const { stage, control, redraw } = options
  const tool = computed(() => toValue(options.tool))
  const gesture = ref<'pan' | 'tool' | null>(null)
  const space = ref<'up' | 'held' | 'used'>('up')
  const over = ref(false)
  /** In video pixels. */
  const pointer = shallowRef<Place | null>(null)
  let last: Place = { x: 0, y: 0 }
  let pointerId = -1

  function place(event: PointerEvent | WheelEvent): Place {
    const box = stage.value?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  function pointOf(event: PointerEvent): StagePoint {
    const { x, y } = toVideo(control.view.value, control.inCell(place(event)))
    // A mouse has no pressure of its own.
    const pressure = event.pointerType === 'pen' ? event.pressure : 1
    return { x, y, pressure, time: event.timeStamp }
  }
  function down(event: PointerEvent) {
    if (gesture.value) return
    const pans = event.button === 1 || space.value !== 'up' || !tool.value
    if (event.button > 1 || (event.button === 1 && event.pointerType !== 'mouse')) return
    event.preventDefault()
    // A button that was pressed last would otherwise take Enter and Space.
    stage.value?.focus({ preventScroll: true })
    pointerId = event.pointerId
    stage.value?.setPointerCapture(pointerId)
    last = place(event)
    gesture.value = pans ? 'pan' : 'tool'
    if (space.value === 'held') space.value = 'used'
    if (pans) return
    tool.value?.down(pointOf(event), { shift: event.shiftKey, alt: event.altKey })
    redraw()
  }
  function move(event: PointerEvent) {
    pointer.value = pointOf(event)
    if (gesture.value === 'pan' && event.pointerId === pointerId) {
      const now = place(event)
      control.panBy(now.x - last.x, now.y - last.y)
      last = now
    } else if (gesture.value === 'tool' && event.pointerId === pointerId) {
      const passed = event.getCoalescedEvents()
      tool.value?.move((passed.length > 0 ? passed : [event]).map(pointOf))
    } else if (!gesture.value) {
      tool.value?.hover?.(pointOf(event))
    }
    if (tool.value) redraw()
  }
  function end(isComplete: boolean) {
    if (gesture.value === 'tool') {
      if (isComplete) tool.value?.up()
      else tool.value?.cancel()
      redraw()
    }
    gesture.value = null
  }
  function leave() {
    over.value = false
    pointer.value = null
    tool.value?.hover?.(null)
    if (tool.value) redraw()
  }
  function wheel(event: WheelEvent) {
    event.preventDefault()
    if (event.shiftKey) return control.panBy(-event.deltaX - event.deltaY, 0)
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    // Pinching on a touchpad comes as a wheel with Ctrl, in small units.
    const units = event.deltaY * lines * (event.ctrlKey ? 4 : 1)
    control.zoom(2 ** (-units / DOUBLING), control.inCell(place(event)))
  }

  const on = { passive: false }
  useEventListener(stage, 'pointerdown', down)
  useEventListener(stage, 'pointermove', move)
  useEventListener(stage, 'pointerup', (event) => event.pointerId === pointerId && end(true))
  useEventListener(stage, 'pointercancel', () => end(false))
  useEventListener(stage, 'lostpointercapture', () => end(false))
  useEventListener(stage, 'pointerenter', () => (over.value = true))
  useEventListener(stage, 'pointerleave', leave)
  useEventListener(stage, 'wheel', wheel, on)
  // Before the commands: space moves the picture while the pointer is over it.
  useEventListener(
    window,
    'keydown',
    (event) => {
      if (event.key === 'Escape' && gesture.value === 'tool') {
        event.preventDefault()
        end(false)
      }
      if (event.key !== ' ' || !over.value || isTyping(event.target)) return
      event.preventDefault()
      if (space.value === 'up') space.value = 'held'
    },
    { capture: true },
  )
  useEventListener(window, 'keyup', (event) => {
    if (event.key !== ' ') return
    if (space.value === 'held') options.tapSpace()
    space.value = 'up'
  })
  useEventListener(window, 'blur', () => (space.value = 'up'))

  const cursor = computed(() => {
    if (gesture.value === 'pan') return 'grabbing'
    if (space.value !== 'up' || !tool.value) return 'grab'
    return tool.value.cursor
  })
  return { cursor, pointer, gesture }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input:not([type=range]), textarea, select')
}
