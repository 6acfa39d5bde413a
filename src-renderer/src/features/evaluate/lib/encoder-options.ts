import { isImported, presets } from '#shared/config/presets.ts'
import type { Run } from '#shared/contract/runs.ts'
import { isLive } from '../../../lib/status.ts'

/** Runs whose encoder can be evaluated: they have weights, or will have. */
export function evaluableRuns(runs: readonly Run[]): Run[] {
  return runs.filter(
    (run) => run.trashedAt === null && (run.step > 0 || isLive(run) || isImported(run)),
  )
}

/** Encoders to choose from, in groups: the newest run first. Groups without any are left out. */
export function encoderOptions(runs: readonly Run[]) {
  const imported = runs.filter(isImported)
  const own = runs.filter((run) => !isImported(run)).toReversed()
  const random = presets
    .filter(({ values }) => values.merge !== 'none')
    .map(({ name, label }) => ({ value: `random:${name}`, label: `Random weights, ${label}` }))
  return [
    ...group('runs', 'Runs', own.map(optionOf)),
    ...group('imported', 'Imported weights', imported.map(optionOf)),
    ...group('random', 'Randomly initialised', random),
  ]
}

function optionOf(run: Run) {
  return {
    value: String(run.id),
    label: isLive(run) ? `${run.name} (still running)` : run.name,
  }
}

function group(key: string, label: string, children: { value: string; label: string }[]) {
  return children.length === 0 ? [] : [{ type: 'group' as const, key, label, children }]
}
