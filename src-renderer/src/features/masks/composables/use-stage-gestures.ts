import { useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, type MaybeRefOrGetter, type Ref } from 'vue'
import type { StagePoint, StageTool } from '../lib/stage-tool.ts'
import { toVideo, type Place } from '../../../lib/stage-view.ts'
import { wheelUnits } from '../../../lib/wheel.ts'
import { useSpaceKey } from './use-space-key.ts'
import type { StageViewControl } from './use-stage-view.ts'
import { useToolPointer } from './use-tool-pointer.ts'

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
  const over = ref(false)
  /** In video pixels. */
  const pointer = shallowRef<Place | null>(null)
  const place = (event: MouseEvent) => placeOn(stage.value, event)
  function pointOf(event: PointerEvent): StagePoint {
    const { x, y } = toVideo(control.view.value, control.inCell(place(event)))
    // A mouse has no pressure of its own.
    const pressure = event.pointerType === 'pen' ? event.pressure : 1
    return { x, y, pressure, time: event.timeStamp }
  }
  const drawing = useToolPointer({ tool: options.tool, pointOf, redraw })
  const { tool } = drawing
  const space = useSpaceKey(() => over.value, options.tapSpace)
  const { gesture, move } = useStagePress({ stage, control, drawing, space, place })

  useEventListener(stage, 'pointermove', (event) => {
    pointer.value = pointOf(event)
    if (gesture.value) move(event)
    else drawing.hover(pointOf(event))
    if (tool.value) redraw()
  })
  useEventListener(stage, 'pointerenter', () => (over.value = true))
  useEventListener(stage, 'pointerleave', () => {
    over.value = false
    pointer.value = null
    drawing.hover(null)
    if (tool.value) redraw()
  })
  useEventListener(stage, 'wheel', wheel, { passive: false })
  function wheel(event: WheelEvent) {
    event.preventDefault()
    if (event.shiftKey) return control.panBy(-event.deltaX - event.deltaY, 0)
    control.zoom(2 ** (-wheelUnits(event) / DOUBLING), control.inCell(place(event)))
  }
  const cursor = computed(() => {
    if (gesture.value === 'pan') return 'grabbing'
    if (space.isDown.value || !tool.value) return 'grab'
    return tool.value.cursor
  })
  return { cursor, pointer, gesture }
}

/** A press on the stage until it ends: it moves the picture or draws with the tool. */
function useStagePress(options: {
  stage: Readonly<Ref<HTMLElement | null>>
  control: StageViewControl
  drawing: ReturnType<typeof useToolPointer>
  space: ReturnType<typeof useSpaceKey>
  place: (event: MouseEvent) => Place
}) {
  const { stage, control, drawing, space, place } = options
  const gesture = ref<'pan' | 'tool' | null>(null)
  let last: Place = { x: 0, y: 0 }
  let pointerId = -1

  function down(event: PointerEvent) {
    if (gesture.value) return
    const pans = event.button === 1 || space.isDown.value || !drawing.tool.value
    if (event.button > 1 || (event.button === 1 && event.pointerType !== 'mouse')) return
    event.preventDefault()
    // A button that was pressed last would otherwise take Enter and Space.
    stage.value?.focus({ preventScroll: true })
    pointerId = event.pointerId
    stage.value?.setPointerCapture(pointerId)
    last = place(event)
    gesture.value = pans ? 'pan' : 'tool'
    space.use()
    if (!pans) drawing.down(event)
  }
  function move(event: PointerEvent) {
    if (event.pointerId !== pointerId) return
    if (gesture.value === 'tool') drawing.draw(event)
    if (gesture.value !== 'pan') return
    const now = place(event)
    control.panBy(now.x - last.x, now.y - last.y)
    last = now
  }
  function end(isComplete: boolean) {
    if (gesture.value === 'tool') drawing.end(isComplete)
    gesture.value = null
  }
  useEventListener(stage, 'pointerdown', down)
  useEventListener(stage, 'pointerup', (event) => event.pointerId === pointerId && end(true))
  useEventListener(stage, 'pointercancel', () => end(false))
  useEventListener(stage, 'lostpointercapture', () => end(false))
  // Before the commands: a stroke that is given up puts no tool away.
  useEventListener(
    window,
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || gesture.value !== 'tool') return
      event.preventDefault()
      end(false)
    },
    { capture: true },
  )
  return { gesture, move }
}

function placeOn(stage: HTMLElement | null, { clientX, clientY }: MouseEvent): Place {
  const box = stage?.getBoundingClientRect()
  return { x: clientX - (box?.left ?? 0), y: clientY - (box?.top ?? 0) }
}
