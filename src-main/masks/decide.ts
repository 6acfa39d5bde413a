import type {
  ClipWindow,
  DecideRequest,
  MaskDecision,
  MaskOrigin,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import type { MadeMask } from '../store/mask-changes.ts'
import type { MaskTable } from '../store/masks.ts'

export interface DecideContext {
  masks: MaskTable
  author: string
  /** FAME's mask of a window at its video's size. */
  fameMask: (window: ClipWindow, origin: MaskOrigin, signal?: AbortSignal) => Promise<MadeMask>
  signal?: AbortSignal
}

/**
 * Decides on one window, which gets FAME's mask where it is approved without one.
 * @returns the window as it is then; null where nothing is kept of it
 * @throws WorkbenchError when the mask cannot be made or does not fit; nothing is changed then
 */
export async function decide(
  { window, change, origin }: DecideRequest,
  { masks, author, fameMask, signal }: DecideContext,
): Promise<OpenMask | null> {
  const needsMask = change.state === 'approved' && !masks.get(window)?.origin
  const base = needsMask ? await fameMask(window, origin, signal) : undefined
  signal?.throwIfAborted()
  masks.decide([{ window, ...(base && { base }) }], change, { author, label: labelOf(change) })
  return masks.open(window)
}

const STATE_LABELS = {
  approved: 'approve',
  rejected: 'reject',
  corrected: 'mark as corrected',
  untouched: 'reset the decision',
} as const

/** What undo calls a decision. */
export function labelOf({ state, beta, notes }: Partial<MaskDecision>): string {
  if (state) return STATE_LABELS[state]
  if (beta !== undefined) return beta === null ? 'clear beta' : `beta ${beta}`
  return notes === undefined ? 'decide' : 'notes'
}
