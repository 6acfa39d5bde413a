import { Rng } from '#shared/random/rng.ts'

/** What a rank brings to a call: numbers of very different sizes. */
export function numbersOf(call: number, rank: number, length: number): Float32Array {
  const rng = new Rng(1000 * call + rank)
  return Float32Array.from({ length }, () => rng.normal() * 10 ** rng.uniform(-4, 4))
}
