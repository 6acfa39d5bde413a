import type { ProposedFrame } from '#shared/contract/propagation.ts'
import type { ClipMasks } from '#shared/masks/frame-edits.ts'
import type { FrameSource } from '#shared/masks/frame-masks.ts'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { isDoubtful } from './proposals.ts'

/**
 * What the strip shows of a frame: the clip's mask, its own and who made it, or a proposal;
 * `doubtful` for one that deserves a look, `conflict` for a frame that was drawn otherwise by hand.
 */
export type CellKind = FrameSource | 'none' | 'proposed' | 'doubtful' | 'conflict'

export interface StripCell {
  kind: CellKind
  /** In words, for whoever points at it. */
  hint: string
}

const WORDS: Record<CellKind, string> = {
  none: 'the mask of the clip',
  hand: 'own mask, drawn by hand',
  propagated: 'own mask, propagated',
  automatic: 'own mask, found automatically',
  proposed: 'proposed mask',
  doubtful: 'proposed mask that deserves a look',
  conflict: 'drawn by hand; what was propagated differs',
}

/** A cell for each frame of the open clip. */
export function stripCells(
  open: { window: ClipWindow; masks: ClipMasks } | null,
  proposed: ReadonlyMap<number, ProposedFrame>,
  conflicts: readonly number[],
): StripCell[] {
  if (!open) return []
  const { window, masks } = open
  return Array.from({ length: window.frames }, (_, at) => {
    const kind = kindOf(at, masks, proposed, conflicts)
    return {
      kind,
      hint: `Frame ${at} (${window.start + at * window.stride} of the video): ${WORDS[kind]}`,
    }
  })
}

function kindOf(
  at: number,
  { frames }: ClipMasks,
  proposed: ReadonlyMap<number, ProposedFrame>,
  conflicts: readonly number[],
): CellKind {
  if (conflicts.includes(at)) return 'conflict'
  const proposal = proposed.get(at)
  if (proposal?.overlap === null) return isDoubtful(proposal) ? 'doubtful' : 'proposed'
  return frames.get(at)?.source ?? 'none'
}
