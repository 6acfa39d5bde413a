import { tasks, type Protocol } from '#shared/tasks/index.ts'
import { formatPercent } from '../../../lib/format.ts'

export interface ListedScore {
  text: string
  /** What it is, in full. */
  title: string
  /** It says how good the encoder is. */
  isMain: boolean
}

/** The one figure that a list of evaluations shows, with its name; null where there is none. */
export function listedScore(
  protocol: Protocol,
  scores: Record<string, number> | undefined,
): ListedScore | null {
  const { headline, kind, scores: known } = tasks[protocol]
  const value = scores?.[headline]
  const score = known.find(({ name }) => name === headline)
  if (value === undefined || !score) return null
  const { before, title, unit } = score.listed ?? { before: score.label, title: score.label }
  const print = unit === 'points' ? `${(100 * value).toFixed(1)} points` : formatPercent(value)
  return { text: `${before} ${print}`, title, isMain: kind === 'measure' }
}
