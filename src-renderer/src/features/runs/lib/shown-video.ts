import type { ShownVideo, ShownView } from '#shared/contract/drawn-views.ts'
import { isSameCut } from '#shared/views/view-spec.ts'
import { baseName, formatCount, formatNumber } from '../../../lib/format.ts'

/** A place in the order in which a run takes its videos. */
export interface Place {
  batch: number
  slot: number
}

/** The place `by` videos further on, around the ends of the run. */
export function moved(
  { batch, slot }: Place,
  by: number,
  { batches, slots }: Pick<ShownVideo, 'batches' | 'slots'>,
): Place {
  const count = batches * slots
  const at = (((batch * slots + slot + by) % count) + count) % count
  return { batch: Math.floor(at / slots), slot: at % slots }
}

/** What was drawn for a clip, one thing a line. */
export function drawnLines(view: ShownView, video: ShownVideo): string[] {
  const { isRedrawn, modality } = view
  const lines = [
    ...formWords(view),
    cropWords(view, video),
    ...(modality === 'flow' ? [] : lookWords(view)),
  ]
  const behind = backgroundWords(view)
  if (behind !== null) lines.push(behind)
  if (view.mix) {
    const { frame, lambda } = view.mix
    lines.push(`Frame ${frame + 1} of the clip mixed into all, λ ${formatNumber(lambda)}`)
  }
  if (isRedrawn) lines.push('Drawn again, because the first draw overlapped a rejected window')
  return lines
}

/** How a clip is shown that the method asks about, and the answer. */
function formWords({ turn, order, answer }: ShownView): string[] {
  const lines: string[] = []
  if (answer !== null) lines.push(`Answer ${answer}: what the encoder must tell`)
  if (turn > 0) lines.push(`Turned by ${90 * turn}° anticlockwise`)
  if (order) lines.push(isBackwards(order) ? 'Plays backwards' : 'Frames in another order')
  return lines
}

function isBackwards(order: readonly number[]): boolean {
  return order.every((place, t) => place === order.length - 1 - t)
}

function cropWords({ box, flip, perFrame }: ShownView, { width, height }: ShownVideo): string {
  if (perFrame?.some((frame) => !isSameCut(frame, { box, flip }))) {
    return 'Crop, flip and colours of each frame by itself'
  }
  const share = (100 * box.width * box.height) / (width * height)
  const mirrored = flip ? ', mirrored' : ''
  return `Crop of ${formatNumber(share)} % of the frame, ${box.width} × ${box.height} px${mirrored}`
}

const BY_FRAME = 'Colours of each frame by itself'

function lookWords({ look, perFrame, ...cut }: ShownView): string[] {
  if (perFrame) return perFrame.every((frame) => isSameCut(frame, cut)) ? [BY_FRAME] : []
  const { grayscale, jitter, blurSigma, isSolarised } = look
  const factors = jitter?.order.map((change) => {
    const factor = jitter[change]
    if (change !== 'hue') return `${change} × ${formatNumber(factor)}`
    const degrees = Math.round(360 * factor)
    return `hue ${degrees < 0 ? '−' : '+'} ${Math.abs(degrees)}°`
  })
  const changes = [
    grayscale && 'gray',
    ...(factors ?? []),
    blurSigma !== null && `blur of ${formatNumber(blurSigma)} px`,
    isSolarised && 'solarised',
  ].filter((words) => typeof words === 'string')
  const list = changes.join(', ')
  return [list === '' ? 'Colours unchanged' : `${list.charAt(0).toUpperCase()}${list.slice(1)}`]
}

function backgroundWords({ background }: ShownView): string | null {
  if (!background) return null
  const lender = background.video === null ? 'another video' : baseName(background.video)
  switch (background.kind) {
    case 'inter':
      return `Foreground on ${lender}`
    case 'intra':
      return 'Foreground on another clip of this video'
    case 'static':
      return `Foreground on frame ${(background.frame ?? 0) + 1} of a clip of ${lender}`
    case 'none':
      return 'Foreground on black'
  }
}

/** The frame of a clip of so many that a counter without end, up or down, stands at. */
export function frameAt(counter: number, frames: number): number {
  return ((counter % frames) + frames) % frames
}

/** A stretch of the video that a clip covers, as parts of its length. */
export interface Span {
  from: number
  to: number
}

/** Where a clip lies in its video: several stretches where the video is repeated. */
export function spansOf(indices: readonly number[], frames: number): Span[] {
  const spans: Span[] = []
  let first = indices[0] ?? 0
  indices.forEach((index, i) => {
    const next = indices[i + 1]
    if (next !== undefined && next > index) return
    spans.push({ from: first / frames, to: (index + 1) / frames })
    first = next ?? index
  })
  return spans
}

/** The frames of a clip in the order in time, whichever it shows them in. */
export function framesInTime({ indices, order }: ShownView): number[] {
  return order ? indices.map((_, place) => indices[order.indexOf(place)] ?? 0) : indices
}

/** `frames 12 to 42`, counted from 0, with its stride where that is not 1. */
export function intervalWords(view: ShownView, frames: number): string {
  const indices = framesInTime(view)
  const first = indices[0] ?? 0
  const last = indices.at(-1) ?? first
  const every = view.stride === 1 ? '' : `, stride ${formatNumber(view.stride)}`
  return spansOf(indices, frames).length > 1
    ? `frames from ${formatCount(first)}, repeated${every}`
    : `frames ${formatCount(first)} to ${formatCount(last)}${every}`
}

/** The crop of one frame of a clip, in per cent of the frame. */
export function boxAt(
  { box, perFrame }: ShownView,
  t: number,
  { width, height }: Pick<ShownVideo, 'width' | 'height'>,
): { left: string; top: string; width: string; height: string } {
  const own = perFrame?.[t]?.box ?? box
  const percent = (value: number, whole: number) => `${(100 * value) / whole}%`
  return {
    left: percent(own.left, width),
    top: percent(own.top, height),
    width: percent(own.width, width),
    height: percent(own.height, height),
  }
}

/** The colour that stands for a view, wherever it is drawn. */
export function viewColour(view: number): string {
  const colours = ['accent', 'series-2', 'series-3', 'positive']
  return `var(--c-${colours[view % colours.length]})`
}
