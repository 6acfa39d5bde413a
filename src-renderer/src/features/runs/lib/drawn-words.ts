import type { DrawnView } from '#shared/contract/clip-strip.ts'
import { formatCount, formatNumber } from '../../../lib/format.ts'

/** What was drawn for one clip, in a few words; empty where its pixels stay as they were cut. */
export function viewWords(view: DrawnView): string[] {
  const { isMirrored, grayscale, isJittered, blurSigma, isSolarised, mix, turn = 0 } = view
  const shown = [
    typeof view.answer === 'number' && `answer ${view.answer}`,
    turn > 0 && `turned ${90 * turn}°`,
    view.isReordered && 'frames in another order',
    isMirrored && 'mirrored',
    view.isColouredByFrame && 'colours of each frame by itself',
  ]
  const words = [
    ...shown,
    grayscale && 'gray',
    isJittered && 'jitter',
    blurSigma !== null && `blur ${formatNumber(blurSigma)} px`,
    isSolarised && 'solarised',
    mix && `frame ${mix.frame + 1} mixed in, λ ${formatNumber(mix.lambda)}`,
  ]
  if (view.isColouredByFrame) return shown.filter((word) => typeof word === 'string')
  if (view.isPerFrame) return ['crop, flip and colours of each frame by itself']
  return words.filter((word) => typeof word === 'string')
}

/**
 * Where the clips of a video start, and how far apart: `frames 12 and 58, interval 46`; one frame where
 * all are of the same.
 */
export function placeWords(views: readonly DrawnView[]): string {
  const all = views.map(({ start }) => start)
  const starts = all.length > 2 && new Set(all).size === 1 ? all.slice(0, 1) : all
  if (starts.length < 2) return starts.map((start) => `frame ${formatCount(start)}`).join('')
  const interval = Math.max(...starts) - Math.min(...starts)
  const list = starts.map(formatCount)
  const named = `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
  return `frames ${named}, interval ${formatCount(interval)}`
}

/** What is behind the first clip; null where it keeps its own background. */
export function backgroundWords({ background }: DrawnView, lender: string | null): string | null {
  switch (background) {
    case null:
      return null
    case 'inter':
      return `on ${lender ?? 'another video'}`
    case 'intra':
      return 'on another clip of itself'
    case 'static':
      return `on one frame of ${lender ?? 'another video'}`
    case 'none':
      return 'on black'
  }
}
