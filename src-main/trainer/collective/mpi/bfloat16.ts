/**
 * Rounds float32 to bfloat16, to nearest with ties to even; what is not a number stays none.
 * @param from [n] @param to [n] the upper halves of the rounded values
 */
export function roundTo(from: Float32Array, to: Uint16Array): void {
  const words = new Uint32Array(from.buffer, from.byteOffset, from.length)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const isNaN = (word & 0x7fffffff) > 0x7f800000
    to[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  }
}

/** @param from [n] bfloat16 @param to [n] the same values */
export function widenTo(from: Uint16Array, to: Float32Array): void {
  const words = new Uint32Array(to.buffer, to.byteOffset, to.length)
  for (let i = 0; i < words.length; i++) words[i] = from[i] << 16
}
