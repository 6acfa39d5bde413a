import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'

/**
 * Evaluations whose predictions a map of the same encoder and data set can show: of each protocol the
 * newest, and one that tested every video before one that tested only those with a tag.
 */
export function predictionsFor(map: Evaluation, all: readonly Evaluation[]): Evaluation[] {
  const same = all.filter(
    (one) =>
      one.result !== null &&
      tasks[one.protocol].kind === 'measure' &&
      one.datasetId === map.datasetId &&
      one.runId === map.runId &&
      // Randomly initialised encoders are told apart by their shapes, which the name says.
      (map.runId !== null || one.runName === map.runName),
  )
  const best = [...same].sort(
    (a, b) => Number(a.settings.tag !== '') - Number(b.settings.tag !== '') || b.id - a.id,
  )
  return best.filter((one, i) => best.findIndex(({ protocol }) => protocol === one.protocol) === i)
}
