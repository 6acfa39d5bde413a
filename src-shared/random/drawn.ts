/**
 * As many values as `length` says, one after another: twice as fast as `Float32Array.from` with a
 * function, which asks an object without elements for each of them.
 */
export function drawn(length: number, draw: () => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  for (let i = 0; i < length; i++) values[i] = draw()
  return values
}
