/** Ids of chosen videos, and the place that a range starts from. */
export interface VideoSelection {
  readonly ids: ReadonlySet<number>
  /** Place in the list of the last one chosen by itself; -1: none. */
  readonly anchor: number
}

export const nothingSelected: VideoSelection = { ids: new Set(), anchor: -1 }

export function selectOne(id: number, index: number): VideoSelection {
  return { ids: new Set([id]), anchor: index }
}

/** Takes a video in, or out again. */
export function toggle({ ids }: VideoSelection, id: number, index: number): VideoSelection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: index }
}

/** The places from the anchor to `index`, both included. */
export function rangeTo(
  { anchor }: VideoSelection,
  index: number,
): { first: number; last: number } {
  const start = anchor < 0 ? index : anchor
  return { first: Math.min(start, index), last: Math.max(start, index) }
}
