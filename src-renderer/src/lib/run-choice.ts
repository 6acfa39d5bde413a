import type { Run } from '#shared/contract/runs.ts'

export const runShelves = ['all', 'starred', 'archived', 'trash'] as const
export type RunShelf = (typeof runShelves)[number]

/** The runs on one shelf that have every word of a search in their name, notes, tags or settings. */
export function runsOn(runs: readonly Run[], shelf: RunShelf, search: string): Run[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return runs.filter((run) => isOn(run, shelf) && words.every((word) => textOf(run).includes(word)))
}

function isOn({ trashedAt, archived, starred }: Run, shelf: RunShelf): boolean {
  if (shelf === 'trash') return trashedAt !== null
  if (trashedAt !== null) return false
  if (shelf === 'archived') return archived
  return !archived && (shelf === 'all' || starred)
}

/** `beta=0.3` finds a setting; a run is found by its number as `#12`. */
function textOf({ id, name, notes, tags, status, sweep, config }: Run): string {
  const settings = Object.entries(config).map(([key, value]) => `${key}=${value}`)
  return [`#${id}`, name, notes, ...tags, status, sweep ?? '', ...settings].join('\n').toLowerCase()
}
