import type { StepPlan } from './plan.ts'

/** Which part of each batch this process takes. */
export interface Share {
  rank: number
  size: number
  /** Processes on this machine, which share its memory. Default 1. */
  neighbours?: number
}

/** The part of a batch that one process prepares. */
export interface SharedPlan extends StepPlan {
  /** Places of the batch that this process takes, b; the places after them only lend backgrounds. */
  own: number
  /** Of each place, the views whose clips another place needs; empty for own ones. */
  lends: number[][] // [b + lenders]
}

/** A view that takes backgrounds of other videos. */
export interface Borrowing {
  view: number
  /** The view whose partner lends them. */
  partnersOf: number
}

/** The most places that `planShare` makes. */
export function mostPlaces(
  batch: number,
  { size }: Share,
  borrowing: readonly Borrowing[],
): number {
  const own = batch / size
  const orders = new Set(borrowing.map(({ partnersOf }) => partnersOf)).size
  return Math.min(batch, own * (1 + orders))
}

/**
 * The part of a batch that a process takes: its own places, in order, and after them those of other
 * processes that lend their backgrounds, which it cuts itself. Every clip becomes what it would be in one
 * process alone.
 */
export function planShare(
  plan: StepPlan,
  { rank, size }: Share,
  borrowing: readonly Borrowing[],
): SharedPlan {
  const own = plan.videos.length / size
  const views = plan.seeds.length / plan.videos.length
  const slots = Array.from({ length: own }, (_, i) => rank * own + i)
  const lends = slots.map((): number[] => [])
  const placeOf = new Map(slots.map((slot, place) => [slot, place]))
  const lend = (slot: number, view: number): void => {
    let place = placeOf.get(slot)
    if (place === undefined) {
      place = slots.push(slot) - 1
      placeOf.set(slot, place)
      lends.push([])
    }
    if (place >= own && !lends[place].includes(view)) lends[place].push(view)
  }
  for (const { view, partnersOf } of borrowing) {
    for (let i = 0; i < own; i++) lend(plan.partners[partnersOf][slots[i]], view)
  }
  return {
    ...plan,
    own,
    lends,
    videos: Uint32Array.from(slots, (slot) => plan.videos[slot]),
    seeds: Uint32Array.from(
      slots.flatMap((slot) => [...plan.seeds.subarray(views * slot, views * (slot + 1))]),
    ),
    // Where nothing is borrowed the partner does not matter.
    partners: plan.partners.map((partners) =>
      Uint32Array.from({ length: own }, (_, i) => placeOf.get(partners[slots[i]]) ?? 0),
    ),
  }
}
