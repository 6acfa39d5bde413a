import type { Evaluation } from '#shared/contract/evaluations.ts'
import { differingSettings } from '#shared/report/protocol-sentence.ts'
import { chanceOf, scoreInterval } from '#shared/report/scores.ts'
import { sharedNames } from './shared-names.ts'

export interface ComparisonRow {
  /** null: chance. */
  id: number | null
  name: string
  value: number
  /** Its interval; the value itself where there is none. */
  low: number
  high: number
}

/** Whether two evaluations measured the same thing in the same way, so that numbers compare. */
export function isSameMeasure(a: Evaluation, b: Evaluation): boolean {
  return a.datasetId === b.datasetId && measureKey(a) === measureKey(b)
}

/** Which weights are evaluated, and in which order: no part of how. */
const OF_THE_ENCODER: ReadonlySet<string> = new Set(['seed', 'stream'])

/** What tells protocols with their settings apart; the order of clips and weights does not. */
export function measureKey(evaluation: Evaluation): string {
  const apart = differingSettings(evaluation).filter(
    ({ name }) => !OF_THE_ENCODER.has(name) && !(name === 'splitList' && evaluation.group !== null),
  )
  const said = apart.map(({ label, value }) => `${label} ${value}`)
  if (evaluation.group !== null) said.unshift('split lists 1 to 3')
  return [evaluation.protocol, ...said].join(' · ')
}

/** The newest finished evaluation of every encoder under the same protocol, best first, then chance. */
export function comparison(
  evaluations: readonly Evaluation[],
  { like, score }: { like: Evaluation; score: string },
): ComparisonRow[] {
  const newest = new Map<string, Evaluation>()
  for (const evaluation of [...evaluations].sort((a, b) => a.id - b.id)) {
    const fits =
      isSameMeasure(evaluation, like) && evaluation.settings.splitList === like.settings.splitList
    if (fits && evaluation.result && score in evaluation.result.scores) {
      newest.set(`${evaluation.runId} ${evaluation.runName}`, evaluation)
    }
  }
  const shared = sharedNames([...newest.values()])
  const rows: ComparisonRow[] = [...newest.values()].map(({ id, runId, runName, result }) => {
    const value = result?.scores[score] ?? 0
    const [low, high] = (result && scoreInterval(score, result)) ?? [value, value]
    const name = runId !== null && shared.has(runName) ? `${runName} (run ${runId})` : runName
    return { id, name, value, low, high }
  })
  rows.sort((a, b) => b.value - a.value)
  const chance = chanceOf(score, like.result?.classCount ?? 0)
  if (chance === null) return rows
  return [...rows, { id: null, name: 'Chance', value: chance, low: chance, high: chance }]
}
