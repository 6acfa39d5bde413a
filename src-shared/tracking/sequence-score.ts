/** How well one object was followed, from its J or its F in each frame. */
export interface SequenceScore {
  /** Over the frames, [0, 1]. */
  mean: number
  /** Share of the frames with more than 0.5. */
  recall: number
  /** Mean of the first quarter of the frames minus that of the last: what is lost over time. */
  decay: number
}

/** Whether a frame counts: the first is given, and the last has no truth in some sets of DAVIS. */
export function isScored(t: number, frames: number): boolean {
  return t > 0 && t < frames - 1
}

/**
 * Mean, recall and decay of DAVIS (Perazzi et al., CVPR 2016, section 5) as its code computes them.
 * @param values of the frames that count, at least one
 */
export function scoreSequence(values: readonly number[]): SequenceScore {
  const above = values.filter((value) => value > 0.5).length
  const [first, , , last] = quarters(values)
  return {
    mean: meanOf(values),
    recall: above / values.length,
    decay: meanOf(first) - meanOf(last),
  }
}

/** Neighbouring quarters share the frame between them. */
function quarters(values: readonly number[]): number[][] {
  const cuts = Array.from({ length: 5 }, (_, i) => {
    const at = 1 + ((values.length - 1) * i) / 4
    return Math.round(at + 1e-10) - 1
  })
  return cuts.slice(0, 4).map((from, i) => values.slice(from, cuts[i + 1] + 1))
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
