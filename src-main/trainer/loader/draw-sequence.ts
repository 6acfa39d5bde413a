import { clipSpan, type ClipShape } from '#shared/fame/clip-window.ts'
import { overlapsAny } from '#shared/masks/window.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import { clipIndices } from '../../video/clip-sampling.ts'
import { VideoError } from '../../video/video-error.ts'
import type { ListedWindow } from '../process/messages.ts'

/** Tells the draws of a sequence from those of single clips. */
const SEQUENCE = 7

/** Where a clip of a sequence lies, and what the method asks about it. */
type SequencePlace = Pick<ViewSpec, 'indices' | 'isRedrawn'> & Partial<Pick<ViewSpec, 'answer'>>

/** Clips of a video that follow each other, by their views. */
interface Sequence {
  views: number[]
  /** Frames between one clip and the next. */
  gaps: number[]
  orders?: ViewRole['orders']
}

/**
 * Draws the places of all clips that follow each other in time: every start at which the whole sequence
 * fits is equally likely. In a video that is too short, the gaps shrink in proportion; one that is too
 * short for the clips without gaps is refused. A sequence one of whose clips overlaps a rejected window
 * by half or more is drawn again among the starts where none does.
 * @param seedOf the seed of a view; that of the first one of a sequence gives its start and order
 * @throws VideoError where a video is too short; Error where every start is rejected
 */
export function drawSequences(
  { frames, stride }: ClipShape,
  roles: readonly ViewRole[],
  seedOf: (view: number) => number,
  video: { length: number; windows?: readonly ListedWindow[] },
): Map<number, SequencePlace> {
  const places = new Map<number, SequencePlace>()
  for (const { views, gaps, orders } of sequencesOf(roles)) {
    const rng = new Rng(deriveSeed(seedOf(views[0]), SEQUENCE))
    const clips = drawSequence(rng, { frames, stride }, gaps, video)
    const answer = orders && rng.int(orders.length)
    const order = answer === undefined ? [...views.keys()] : orders![answer]
    views.forEach((view, k) => {
      places.set(view, { ...clips[order[k]], ...(answer !== undefined && { answer }) })
    })
  }
  return places
}

function sequencesOf(roles: readonly ViewRole[]): Sequence[] {
  const after = (view: number): number => roles.findIndex(({ follows }) => follows?.view === view)
  return roles.flatMap(({ follows, orders }, first) => {
    if (follows || after(first) < 0) return []
    const [views, gaps] = [[first], [] as number[]]
    for (let next = after(first); next >= 0; next = after(next)) {
      views.push(next)
      gaps.push(roles[next].follows!.gap)
    }
    return [{ views, gaps, orders }]
  })
}

function drawSequence(
  rng: Rng,
  shape: ClipShape,
  wanted: readonly number[],
  { length, windows = [] }: { length: number; windows?: readonly ListedWindow[] },
): Pick<ViewSpec, 'indices' | 'isRedrawn'>[] {
  const span = clipSpan(shape)
  const gaps = fittingGaps(wanted, length - (wanted.length + 1) * span, { ...shape, length })
  const offsets = [0, ...gaps].map((_, i) =>
    gaps.slice(0, i).reduce((sum, gap) => sum + gap + span, 0),
  )
  const rejected = windows.filter(({ state }) => state === 'rejected')
  const isAllowed = (first: number): boolean =>
    !offsets.some((offset) => overlapsAny({ ...shape, start: first + offset }, rejected, length))
  const starts = length - offsets.at(-1)! - span + 1
  const at = (first: number, isRedrawn: boolean) =>
    offsets.map((offset) => ({ indices: clipIndices(first + offset, length, shape), isRedrawn }))
  const first = rng.int(starts)
  if (isAllowed(first)) return at(first, false)
  const allowed = Array.from({ length: starts }, (_, start) => start).filter(isAllowed)
  if (allowed.length === 0) throw new Error('All of its sequences of clips are rejected.')
  return at(allowed[rng.int(allowed.length)], true)
}

/** The gaps, or what there is room for of each. @param room frames that the clips leave */
function fittingGaps(
  wanted: readonly number[],
  room: number,
  { frames, stride, length }: ClipShape & { length: number },
): number[] {
  if (room < 0) {
    const clips = wanted.length + 1
    throw new VideoError(
      'out-of-range',
      `The video has ${length} frames, but ${clips} clips of ${frames} frames at stride ${stride} that follow each other need ${length - room}. Choose fewer frames or a smaller stride.`,
    )
  }
  const sum = wanted.reduce((total, gap) => total + gap, 0)
  return sum <= room ? [...wanted] : wanted.map((gap) => Math.floor((gap * room) / sum))
}
