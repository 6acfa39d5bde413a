/**
 * The values f(sin(0.7 (i^2 mod period) + k)). They repeat after `period`, so that networks of many
 * millions of weights take few sines.
 * @param f by default the sine itself
 */
export function squareWave(
  length: number,
  k: number,
  period: number,
  f: (sine: number) => number = (sine) => sine,
): Float32Array {
  const values = new Float32Array(length)
  const first = Math.min(length, period)
  for (let i = 0; i < first; i++) values[i] = f(Math.sin(0.7 * ((i * i) % period) + k))
  for (let done = first; done < length; done *= 2) values.copyWithin(done, 0, done)
  return values
}
