/**
 * Seeded random numbers. Every routine of the project that needs chance is handed an `Rng`; nothing
 * calls `Math.random`. The generator is xoshiro128** (Blackman and Vigna, 2018) seeded by splitmix32.
 */

/** The four 32-bit words of xoshiro128**: JSON-safe, so that a checkpoint can hold it. */
export type RngState = [number, number, number, number]

export class Rng {
  private s: RngState
  private spareNormal: number | null = null

  /** @param seed any number; its lower 32 bits count. Or a state taken from another generator. */
  constructor(seed: number | RngState) {
    this.s = typeof seed === 'number' ? seedState(seed) : [...seed]
  }

  /** A 32-bit unsigned integer. */
  uint32(): number {
    const s = this.s
    const x = Math.imul(s[1], 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = (s[3] << 11) | (s[3] >>> 21)
    return result
  }

  /** Uniform in [low, high), by default [0, 1). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 4294967296)
  }

  /** Uniform integer in [0, n). @throws RangeError when n is not a positive integer. */
  int(n: number): number {
    if (!Number.isInteger(n) || n <= 0)
      throw new RangeError(`Expected a positive integer, got ${n}`)
    return Math.floor(this.uniform() * n)
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.uniform() < p
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    if (this.spareNormal !== null) {
      const value = this.spareNormal
      this.spareNormal = null
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.spareNormal = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** A random permutation of 0..n-1 (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(i + 1)
      const held = order[i]
      order[i] = order[j]
      order[j] = held
    }
    return order
  }

  /** The state to hand to `new Rng(state)`. A pending Box-Muller half is not part of it. */
  state(): RngState {
    return [...this.s]
  }
}

/**
 * A seed for one purpose among many: the same numbers give the same seed, and each place in the
 * list counts. Lets clip 7 of epoch 3 be drawn alike whichever thread draws it, in whatever order.
 */
export function deriveSeed(...parts: number[]): number {
  let h = 0x9e3779b9
  for (const part of parts) {
    h = mix32((h ^ (part | 0)) + 0x85ebca6b)
  }
  return h >>> 0
}

function seedState(seed: number): RngState {
  let x = seed | 0
  const next = (): number => {
    x = (x + 0x9e3779b9) | 0
    return mix32(x)
  }
  return [next(), next(), next(), next()]
}

function mix32(value: number): number {
  let z = value | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}
