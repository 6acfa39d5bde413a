import type { Run } from '#shared/contract/runs.ts'

export const runShelves = ['all', 'starred', 'archived', 'trash'] as const
export type RunShelf = (typeof runShelves)[number]

/**
 * The runs on one shelf that fit every word of a search: `#12` is a run's number, `beta=0.3` a setting
 * and its whole value, and any other word stands in name, notes, tags, status, sweep or settings.
 */
export function runsOn(runs: readonly Run[], shelf: RunShelf, search: string): Run[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return runs.filter((run) => isOn(run, shelf) && words.every((word) => fits(run, word)))
}

/**
 * Runs as they will have the trainer: the one under way, those that wait by their place, then the
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

function fits(run: Run, word: string): boolean {
  if (/^#\d+$/.test(word)) return word === `#${run.id}`
  const [, name, wanted] = /^([^=]+)=(.+)$/.exec(word) ?? []
  const setting = Object.entries(run.config).find(([key]) => key.toLowerCase() === name)?.[1]
  if (setting === undefined || wanted === undefined) return textOf(run).includes(word)
  if (typeof setting === 'number') return setting === Number(wanted)
  // Half a word is on its way to a whole one.
  return String(setting).toLowerCase().startsWith(wanted)
}

function textOf({ name, notes, tags, status, sweep, config }: Run): string {
  const settings = Object.entries(config).map(([key, value]) => `${key}=${value}`)
  return [name, notes, ...tags, status, sweep ?? '', ...settings].join('\n').toLowerCase()
}
