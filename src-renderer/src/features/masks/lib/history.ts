/** Places in the order in which they were visited, and where in it one is; as a browser's history. */
export interface Trail<Place> {
  places: readonly Place[]
  /** -1: nowhere yet. */
  at: number
}

/** Places kept. */
const MOST = 500

export function noTrail<Place>(): Trail<Place> {
  return { places: [], at: -1 }
}

/** Goes to a new place; what lay ahead is forgotten. */
export function visit<Place>({ places, at }: Trail<Place>, place: Place): Trail<Place> {
  const kept = [...places.slice(0, at + 1), place].slice(-MOST)
  return { places: kept, at: kept.length - 1 }
}

/** One step along the trail; null where it ends. */
export function along<Place>({ places, at }: Trail<Place>, by: 1 | -1): Trail<Place> | null {
  const next = at + by
  return next >= 0 && next < places.length ? { places, at: next } : null
}
