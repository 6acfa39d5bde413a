import { clipSpan, type ClipShape } from '#shared/fame/clip-window.ts'
import { allowedShape, shapeLimits } from './mask-place.ts'

/** The part of a video that a timeline shows: frames `from` <= f < `to`, not always whole. */
export interface TimeView {
  from: number
  to: number
}

/** A clip's place in its video. */
export interface TimeWindow extends ClipShape {
  start: number
}

/** What of the window is held: its left or right edge, or all of it. */
export type Grip = 'left' | 'right' | 'body'

/** Fewest frames in sight. */
const LEAST_FRAMES = 12
/** How near to an edge, in pixels, a pointer holds it. */
const EDGE = 6

export function wholeView(count: number): TimeView {
  return { from: 0, to: Math.max(1, count) }
}

/** Pixels from the left at which a frame begins. */
export function xOf(frame: number, { from, to }: TimeView, width: number): number {
  return ((frame - from) / (to - from)) * width
}

/** The frame at a pixel, not rounded. */
export function frameAt(x: number, { from, to }: TimeView, width: number): number {
  return from + (x / width) * (to - from)
}

/** Shows `factor` times as many frames, the one at `about` staying where it is. */
export function zoomView(view: TimeView, factor: number, about: number, count: number): TimeView {
  const least = Math.min(LEAST_FRAMES, Math.max(1, count))
  const span = Math.min(Math.max(1, count), Math.max(least, (view.to - view.from) * factor))
  const share = (about - view.from) / (view.to - view.from)
  return shiftInto({ from: about - share * span, to: about - share * span + span }, count)
}

export function panView(view: TimeView, by: number, count: number): TimeView {
  return shiftInto({ from: view.from + by, to: view.to + by }, count)
}

/** Moves a view that does not show a frame until it does, with some room around it. */
export function reveal(view: TimeView, frame: number, count: number): TimeView {
  const span = view.to - view.from
  if (frame >= view.from && frame + 1 <= view.to) return view
  return shiftInto({ from: frame - span / 4, to: frame + (span * 3) / 4 }, count)
}

function shiftInto({ from, to }: TimeView, count: number): TimeView {
  const most = Math.max(1, count)
  const by = Math.max(0, -from) - Math.max(0, to - most)
  return { from: Math.max(0, from + by), to: Math.min(most, to + by) }
}

/**
 * The greatest value within each column of pixels.
 * @param values one a frame
 * @returns one a column; NaN where no frame lies
 */
export function columnsOf(values: ArrayLike<number>, view: TimeView, width: number): Float32Array {
  const columns = new Float32Array(width).fill(NaN)
  const first = Math.max(0, Math.floor(view.from))
  const last = Math.min(values.length, Math.ceil(view.to))
  for (let frame = first; frame < last; frame++) {
    const from = Math.max(0, Math.floor(xOf(frame, view, width)))
    const to = Math.min(width, Math.max(from + 1, Math.floor(xOf(frame + 1, view, width))))
    for (let x = from; x < to; x++) {
      if (!(columns[x] >= values[frame])) columns[x] = values[frame]!
    }
  }
  return columns
}

/**
 * What a scale of values should reach to: all but the highest fiftieth, since a cut between scenes is
 * far above the rest.
 * @returns above 0, also where no value is known
 */
export function ceilingOf(values: Float32Array): number {
  const known = values.filter((value) => value >= 0).sort()
  return Math.max(1e-6, (known[Math.floor(known.length * 0.98)] ?? 0) * 1.15)
}

/** What a pointer at `x` holds of a window; null beside it. */
export function gripAt(x: number, window: TimeWindow, view: TimeView, width: number): Grip | null {
  const left = xOf(window.start, view, width)
  const right = xOf(window.start + clipSpan(window), view, width)
  // Of a window of few pixels the edges lie outside.
  const inner = Math.min(EDGE, (right - left) / 4)
  if (x >= left - EDGE && x <= left + inner) return 'left'
  if (x >= right - inner && x <= right + EDGE) return 'right'
  return x > left && x < right ? 'body' : null
}

/**
 * The window after one of its edges was drawn to a frame.
 * @param by what gives way: the number of frames, or the stride between them
 * @param count frames in the video: the window never leaves it
 */
export function resized(
  window: TimeWindow,
  edge: 'left' | 'right',
  to: number,
  { by, count }: { by: 'frames' | 'stride'; count: number },
): TimeWindow {
  const end = window.start + clipSpan(window)
  const room = edge === 'right' ? count - window.start : end
  const wanted = edge === 'right' ? to - window.start : end - to
  const shape = shapeFor(window, Math.min(room, Math.max(1, Math.round(wanted))), by)
  const start = edge === 'right' ? window.start : end - clipSpan(shape)
  return { ...shape, start: Math.max(0, start) }
}

/** The shape whose span comes nearest to `span` without being longer, where it can be that short. */
function shapeFor(shape: ClipShape, span: number, by: 'frames' | 'stride'): ClipShape {
  const { frames, stride } = shape
  return by === 'frames'
    ? allowedShape({ stride, frames: Math.floor((span - 1) / stride) + 1 })
    : allowedShape({ frames, stride: Math.floor((span - 1) / (frames - 1)) })
}

/** A distance between ticks that leaves at least `room` pixels: 1, 2, 5, 10, 20, ... frames. */
export function tickStep({ from, to }: TimeView, width: number, room: number): number {
  const least = ((to - from) * room) / Math.max(1, width)
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  return [1, 2, 5, 10].map((unit) => unit * power).find((step) => step >= least) ?? 10 * power
}

/** A clip's shape made to fit into a video, by fewer frames before a smaller stride. */
export function fitted(shape: ClipShape, count: number): ClipShape {
  if (clipSpan(shape) <= count) return shape
  const frames = Math.max(shapeLimits.frames.min, Math.floor((count - 1) / shape.stride) + 1)
  const fewer = { frames, stride: shape.stride }
  return clipSpan(fewer) <= count ? fewer : { ...fewer, stride: 1 }
}
