/**
 * A soft mask cut at one half: 1 where it is above. The loop is indexed because `Uint8Array.from` with
 * a function goes through an iterator, which takes most of a second for a frame of Full HD.
 * @param soft of any shape, f32 in [0, 1]
 * @returns of the same shape, 0 or 1
 */
export function hardMask(soft: Float32Array): Uint8Array {
  const hard = new Uint8Array(soft.length)
  for (let i = 0; i < soft.length; i++) hard[i] = Number(soft[i] > 0.5)
  return hard
}
