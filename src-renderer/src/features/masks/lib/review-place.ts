import type { MaskState, QueueOrder } from '#shared/contract/mask-windows.ts'

/** Which windows the review queue lists, and in which order. */
export interface ReviewFilter {
  order: QueueOrder
  /** Empty: all. */
  states: MaskState[]
  datasetId: number | null
  class: string | null
}

export const everything: ReviewFilter = {
  order: 'priority',
  states: [],
  datasetId: null,
  class: null,
}

export const queueOrders: readonly { value: QueueOrder; label: string }[] = [
  { value: 'priority', label: 'Needs review first' },
  { value: 'stability', label: 'Least stable edge first' },
  { value: 'area', label: 'Most extreme area first' },
  { value: 'agreement', label: 'Least agreement first' },
  { value: 'path', label: 'By path' },
  { value: 'changed', label: 'Recently changed first' },
]

export const stateLabels: Record<MaskState, string> = {
  untouched: 'Untouched',
  corrected: 'Corrected',
  approved: 'Approved',
  rejected: 'Rejected',
}

/**
 * The place in the list to go to from `index`, or null at its end.
 * @param stays whether the list still holds what was at `index`; where it does not, the next one has
 * taken its place
 */
export function stepTo(
  { index, stays }: { index: number; stays: boolean },
  by: 1 | -1,
  total: number,
): number | null {
  const target = by === 1 && !stays ? index : index + by
  return target >= 0 && target < total ? target : null
}

/** How many of all windows somebody has decided on or corrected. */
export function reviewed(states: Record<MaskState, number>): { done: number; total: number } {
  const total = Object.values(states).reduce((sum, count) => sum + count, 0)
  return { done: total - states.untouched, total }
}
