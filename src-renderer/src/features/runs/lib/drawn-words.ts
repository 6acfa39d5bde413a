import type { DrawnView } from '#shared/contract/clip-strip.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import { formatCount, formatNumber } from '../../../lib/format.ts'

/**
 * What was drawn for one clip, in a few words; empty where its pixels stay as they were cut.
 * @param role the method's view that it is, which says what an answer stands for
 */
export function viewWords(view: DrawnView, role?: ViewRole): string[] {
  const { isMirrored, mix, turn = 0 } = view
  const asked = [
    typeof view.answer === 'number' && answerWords(view.answer, role),
    turn > 0 && `turned ${90 * turn}°`,
    view.isReordered && 'frames in another order',
  ]
  const looks = view.isPerFrame
    ? ['crop, flip and colours of each frame by itself']
    : [isMirrored && 'mirrored', ...colourWords(view)]
  const mixed = mix && `frame ${mix.frame + 1} mixed in, λ ${formatNumber(mix.lambda)}`
  return [...asked, ...looks, mixed].filter((word) => typeof word === 'string')
}

function colourWords(view: DrawnView) {
  const { grayscale, isJittered, blurSigma, isSolarised } = view
  if (view.isColouredByFrame) return ['colours of each frame by itself']
  return [
    grayscale && 'gray',
    isJittered && 'jitter',
    blurSigma !== null && `blur ${formatNumber(blurSigma)} px`,
    isSolarised && 'solarised',
  ]
}

/** `answer 2 (3 × the stride)`: the number, and what else of the clip it stands for. */
function answerWords(answer: number, role: ViewRole | undefined): string {
  const variant = role?.variants?.find((one, place) => (one.answer ?? place) === answer)
  const { speed = 1, isReversed, order = role?.orders?.[answer] } = variant ?? {}
  const speeds = typeof speed === 'number' ? [speed] : speed
  const words = [
    speeds.some((one) => one !== 1) && `${speeds.map(formatNumber).join(' to ')} × the stride`,
    isReversed && 'backwards',
    order && `parts ${order.map((part) => part + 1).join(' ')}`,
  ].filter((word) => typeof word === 'string')
  return `answer ${answer}${words.length > 0 ? ` (${words.join(', ')})` : ''}`
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
