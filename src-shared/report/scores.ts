import type { EvaluationResult } from '../contract/evaluations.ts'
import { wilson } from '../metrics/spread.ts'

const labels: Record<string, string> = {
  clipTop1: 'Top-1 of clips',
  original: 'Original',
  swapped: 'Other-class background',
  sameClass: 'Same-class background',
  backgroundOnly: 'Background alone',
  foregroundOnly: 'Foreground alone',
  gap: 'Background gap',
  pull: 'Pull of the background',
  inside: 'In the foreground',
  area: 'Foreground area',
  peak: 'Peak in the foreground',
  change: 'Change over time',
  purity: 'Same-class neighbours',
}

/** 'top1' -> 'Top-1'; 'R@5' stays. */
export function scoreLabel(name: string): string {
  return labels[name] ?? name.replace(/^top(\d+)$/, 'Top-$1')
}

/** What a weak encoder has more of. */
const less = new Set(['gap', 'pull'])
/** What tells of the videos or the network and is neither good nor bad. */
const neither = new Set(['area', 'change', 'backgroundOnly'])

/** 1 where more of a score is better, -1 where less is, 0 where neither. */
export function aimOf(name: string): 1 | -1 | 0 {
  if (neither.has(name)) return 0
  return less.has(name) ? -1 : 1
}

/** Differences and means of shares; clips of one video are not independent. */
const uncounted = new Set(['gap', 'inside', 'area', 'change', 'purity', 'clipTop1'])

/**
 * 95 % interval of a score over the test videos: of a share of them Wilson's, of anything else as the
 * protocol has found it.
 * @returns null for a score that is not of test videos alone, or of a result older than its interval
 */
export function scoreInterval(
  name: string,
  result: Pick<EvaluationResult, 'scores' | 'intervals' | 'testVideos'>,
): [low: number, high: number] | null {
  const { scores, intervals = {}, testVideos } = result
  if (name in intervals) return intervals[name]
  if (testVideos === 0 || uncounted.has(name) || !(name in scores)) return null
  return wilson(scores[name], testVideos)
}
