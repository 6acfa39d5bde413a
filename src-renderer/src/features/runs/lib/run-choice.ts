import type { Run } from '#shared/contract/runs.ts'
import { fitsSearch, type ValuesByRun } from './run-search.ts'

export const runShelves = ['all', 'starred', 'archived', 'trash'] as const
export type RunShelf = (typeof runShelves)[number]

/** The runs on one shelf that fit a search. @param values what they measured last, as far as known */
export function runsOn(
  runs: readonly Run[],
  shelf: RunShelf,
  search: string,
  values: ValuesByRun = new Map(),
): Run[] {
  return runs.filter((run) => isOn(run, shelf) && fitsSearch(run, search, values))
}

/**
 * Runs as they will have the trainer: the running one, those that wait by their place, then the
 * others as they were.
 * @param waiting in the order of the queue
 */
export function inQueueOrder(runs: readonly Run[], waiting: readonly Run[]): Run[] {
  const places = new Map(waiting.map(({ id }, place) => [id, place]))
  const rank = ({ id, status }: Run): number =>
    status === 'running' || status === 'stopping' ? -1 : (places.get(id) ?? Infinity)
  return runs.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}

function isOn({ trashedAt, archived, starred, imported }: Run, shelf: RunShelf): boolean {
  // One that is being imported is out of sight in the trash.
  if (shelf === 'trash') return trashedAt !== null && imported?.whole !== false
  if (trashedAt !== null) return false
  if (shelf === 'archived') return archived
  return !archived && (shelf === 'all' || starred)
}

/** Runs sorted by what a person chose. Those without a value come last, whichever way round. */
export function sortedRuns(
  runs: readonly Run[],
  order: { by: string; down: boolean },
  values: ValuesByRun,
): Run[] {
  const { by, down } = order
  const key = (run: Run): number | string | null => {
    if (by === 'newest') return run.id
    if (by === 'name') return run.name.toLowerCase()
    if (by === 'steps') return run.step
    return values.get(run.id)?.[by]?.value ?? null
  }
  return runs.toSorted((a, b) => compareKeys(key(a), key(b), down))
}

/** Order of two values; null comes last. */
export function compareKeys(
  a: number | string | null,
  b: number | string | null,
  down: boolean,
): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order =
    typeof a === 'string' && typeof b === 'string'
      ? a.localeCompare(b, 'en', { numeric: true })
      : Number(a) - Number(b)
  return down ? -order : order
}
