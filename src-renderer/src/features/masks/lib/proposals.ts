import type { ProposedFrame } from '#shared/contract/propagation.ts'

/** IoU with the mask drawn by hand below which the two disagree. */
const AGREEING = 0.9
/** Below this share of sure pixels a proposal deserves a look. */
const SURE = 0.8

/** Frames corrected by hand with which what was carried disagrees, ascending. */
export function conflictsOf(proposed: ReadonlyMap<number, ProposedFrame>): number[] {
  return [...proposed.values()]
    .flatMap(({ frame, overlap }) => (overlap !== null && overlap < AGREEING ? [frame] : []))
    .sort((a, b) => a - b)
}

/** Whether a proposal deserves a look before it is taken. */
export function isDoubtful({ agreement }: ProposedFrame): boolean {
  return agreement < SURE
}

/** The frames that can be taken, from one to another; those drawn by hand keep what they have. */
export function acceptable(
  proposed: ReadonlyMap<number, ProposedFrame>,
  [from, to]: readonly [number, number],
): number[] {
  return [...proposed.values()]
    .flatMap(({ frame, overlap }) =>
      overlap === null && frame >= from && frame <= to ? [frame] : [],
    )
    .sort((a, b) => a - b)
}
