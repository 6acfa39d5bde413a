/** What the scores of all tasks have to say of themselves, by name. */
import type { EvaluationResult } from '../contract/evaluations.ts'
import { meanInterval, spreadOf, wilson, type Spread } from '../metrics/spread.ts'
import { PROTOCOLS, tasks } from '../tasks/index.ts'
import type { Score } from '../tasks/score.ts'

const scores = new Map<string, Score>(
  PROTOCOLS.flatMap((name) => tasks[name].scores.map((score) => [score.name, score])),
)
const places = new Map([...scores.keys()].map((name, place) => [name, place]))

/** Names of scores from the strictest to the most lenient, those that no task gives any more last. */
export function scoreNames(given: Record<string, number>): string[] {
  const place = (name: string): number => places.get(name) ?? places.size
  return Object.keys(given).sort((a, b) => place(a) - place(b))
}

/** 'top1' -> 'Top-1'; 'R@5' stays. */
export function scoreLabel(name: string): string {
  return scores.get(name)?.label ?? name
}

const AIMS = { more: 1, less: -1, neither: 0 } as const

/** 1 where more of a score is better, -1 where less is, 0 where neither. */
export function aimOf(name: string): 1 | -1 | 0 {
  return AIMS[scores.get(name)?.better ?? 'more']
}

/**
 * What guessing scores with `classes` equally frequent classes: top-k of distinct guesses k/C;
 * one hit among k neighbours drawn at random 1 - (1 - 1/C)^k. Null for scores that are no hits.
 */
export function chanceOf(name: string, classes: number): number | null {
  return classes <= 0 ? null : (scores.get(name)?.chance?.(classes) ?? null)
}

/**
 * 95 % interval of a score over the test videos: of a share of them Wilson's, of anything else as the
 * protocol has found it.
 * @returns null for a score that is not of test videos alone, or of a result older than its interval
 */
export function scoreInterval(
  name: string,
  result: Pick<EvaluationResult, 'scores' | 'intervals' | 'testVideos'>,
): [low: number, high: number] | null {
  const { scores: values, intervals = {}, testVideos } = result
  if (name in intervals) return intervals[name]
  if (testVideos === 0 || scores.get(name)?.isNoShare || !(name in values)) return null
  return wilson(values[name], testVideos)
}

/** How a score differs between draws of labels. */
export interface DrawSpread extends Spread {
  /** 95 % interval of the mean over draws of labels, by Student's t, in [0, 1]. */
  interval: [low: number, high: number]
}

/** Null where labels were not drawn several times. */
export function drawSpread(
  name: string,
  { draws = {} }: Pick<EvaluationResult, 'draws'>,
): DrawSpread | null {
  const spread = spreadOf(draws[name] ?? [])
  const interval = spread && meanInterval(spread)
  return interval && { ...spread, interval }
}

/** `over 5 draws of labels 55.0 to 63.0`, in per cent. */
export function printDraws({ count, interval }: DrawSpread): string {
  const bounds = interval.map((bound) => (100 * bound).toFixed(1))
  return `over ${count} draws of labels ${bounds.join(' to ')}`
}

/** Scores by which evaluations can be compared video by video: whether a video counts for each. */
export const pairedScores: ReadonlyMap<string, NonNullable<Score['counts']>> = new Map(
  [...scores].flatMap(([name, { counts }]) => (counts ? [[name, counts]] : [])),
)
