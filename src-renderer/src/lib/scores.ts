import type { Evaluation, Protocol } from '#shared/contract/evaluations.ts'
import { wilson } from '#shared/metrics/spread.ts'

/** 'top1' -> 'Top-1'; 'R@5' stays. */
export function scoreLabel(name: string): string {
  return name.replace(/^top(\d+)$/, 'Top-$1')
}

/** The number in a score's name: how many answers may be given. */
function answersOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 1)
}

/** Score names from the strictest to the most lenient. */
export function scoreNames(scores: Record<string, number>): string[] {
  return Object.keys(scores).sort((a, b) => answersOf(a) - answersOf(b))
}

/**
 * What guessing scores with `classes` equally frequent classes: top-k of distinct guesses k/C;
 * one hit among k neighbours drawn at random 1 - (1 - 1/C)^k.
 */
export function chanceOf(name: string, classes: number): number {
  if (classes <= 0) return 0
  const k = answersOf(name)
  return name.startsWith('R@') ? 1 - (1 - 1 / classes) ** k : Math.min(1, k / classes)
}

export interface ComparisonRow {
  /** null: chance. */
  id: number | null
  name: string
  value: number
  low: number
  high: number
}

/** The newest finished evaluation of every encoder under one protocol, the best first, then chance. */
export function comparison(
  evaluations: readonly Evaluation[],
  options: { protocol: Protocol; datasetId: number; score: string },
): ComparisonRow[] {
  const { protocol, datasetId, score } = options
  const newest = new Map<string, Evaluation>()
  for (const evaluation of [...evaluations].sort((a, b) => a.id - b.id)) {
    const fits = evaluation.protocol === protocol && evaluation.datasetId === datasetId
    if (fits && evaluation.result && score in evaluation.result.scores) {
      newest.set(`${evaluation.runId} ${evaluation.runName}`, evaluation)
    }
  }
  const rows = [...newest.values()].map(({ id, runName, result }) => {
    const value = result?.scores[score] ?? 0
    const [low, high] = wilson(value, result?.testVideos ?? 0)
    return { id, name: runName, value, low, high }
  })
  const classes = [...newest.values()][0]?.result?.classes.length ?? 0
  const chance = chanceOf(score, classes)
  return [
    ...rows.sort((a, b) => b.value - a.value),
    { id: null, name: 'Chance', value: chance, low: chance, high: chance },
  ]
}
