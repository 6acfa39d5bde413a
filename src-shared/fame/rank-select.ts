/**
 * Which pixels hold the k largest values, without sorting: the bits of a non-negative float32 read as
 * an unsigned integer keep its order, so three histogram passes (11, 11 and 10 bits) find the k-th
 * value exactly.
 */

/** Where the cut between "among the k largest" and the rest lies. */
export interface Cut {
  /** Bits of the k-th largest value; values with larger bits are all in. */
  bits: number
  /** How many values are above the cut. */
  above: number
  /** How many values equal it. */
  equal: number
}

/** Passes from the highest bits to the lowest: place and number of the bits looked at. */
const PASSES = [
  { shift: 21, width: 11 },
  { shift: 10, width: 11 },
  { shift: 0, width: 10 },
]

export class RankSelect {
  private readonly bins = new Uint32Array(2048)

  /**
   * The cut below the k largest of `values`.
   * @param values non-negative and finite
   * @param k 1..values.length
   */
  cut(values: Float32Array, k: number): Cut {
    const bits = bitsOf(values)
    let prefix = 0
    let above = 0
    let equal = values.length
    for (const { shift, width } of PASSES) {
      this.count(bits, prefix, shift, width)
      let bin = (1 << width) - 1
      while (above + this.bins[bin] < k) above += this.bins[bin--]
      equal = this.bins[bin]
      prefix = ((prefix << width) | bin) >>> 0
    }
    return { bits: prefix, above, equal }
  }

  /**
   * Sets `mask` to 1 at the k largest of `values` and to 0 elsewhere. Among equal values the lower
   * index wins, so that masks of growing k are nested.
   * @param k 0..values.length
   */
  largest(values: Float32Array, k: number, mask: Uint8Array): void {
    mask.fill(0)
    if (k === 0) return
    const cut = this.cut(values, k)
    const bits = bitsOf(values)
    let ties = k - cut.above
    for (let i = 0; i < bits.length; i++) {
      if (bits[i] > cut.bits || (bits[i] === cut.bits && ties-- > 0)) mask[i] = 1
    }
  }

  /** Counts the values whose bits above the pass begin with `prefix`, by the bits of the pass. */
  private count(bits: Uint32Array, prefix: number, shift: number, width: number): void {
    const { bins } = this
    bins.fill(0)
    const last = (1 << width) - 1
    const first = shift + width === 32
    for (let i = 0; i < bits.length; i++) {
      if (first || bits[i] >>> (shift + width) === prefix) bins[(bits[i] >>> shift) & last]++
    }
  }
}

/** The bits of each value, in the same memory. Values must not be negative: -0 ranks above all. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}
