import { sizeOf } from '../trainer/engine/tensor.ts'

/**
 * The deterministic arrays that reference figures were computed with, so that no weights need to be
 * shipped: `sine` and `square` are weights of a network, `queue` is a queue of keys.
 */
export type Formula = 'sine' | 'square' | 'queue'

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

/**
 * An array of a network's state by a formula.
 * @param name as PyTorch names it: running statistics start at 0 and 1
 * @param k shifts the wave: usually the array's place in the list of parameters
 */
export function formulaValues(
  formula: Formula,
  { name, shape, k }: { name: string; shape: readonly number[]; k: number },
): Float32Array {
  const length = sizeOf(shape)
  if (formula === 'queue') return queueValues(shape)
  if (name.endsWith('running_mean')) return new Float32Array(length)
  if (name.endsWith('running_var')) return new Float32Array(length).fill(1)
  const toValue = shapedWave(formula, name, shape)
  if (formula === 'square') return squareWave(length, k, 10_007, toValue)
  // A loop, since there are 30 million of them.
  const values = new Float32Array(length)
  for (let i = 0; i < length; i++) values[i] = toValue(Math.sin(0.7 * i + k))
  return values
}

/** Weights by their fan-in; scales are near 1 and offsets near 0. */
function shapedWave(
  formula: Exclude<Formula, 'queue'>,
  name: string,
  shape: readonly number[],
): (sine: number) => number {
  const fanIn = sizeOf(shape) / shape[0]
  const amplitude = formula === 'sine' ? Math.sqrt(2 / fanIn) : 2 / Math.sqrt(fanIn)
  if (shape.length > 1) return (sine) => amplitude * sine
  const start = name.endsWith('weight') ? 1 : 0
  return (sine) => start + 0.1 * sine
}

/** queue[c, j] = sin(0.3 c + 1.1 j), columns at unit length; row by row. */
function queueValues([size, columns]: readonly number[]): Float32Array {
  const queue = new Float32Array(size * columns)
  for (let j = 0; j < columns; j++) {
    const column = Array.from({ length: size }, (_, c) => Math.sin(0.3 * c + 1.1 * j))
    const length = Math.hypot(...column)
    column.forEach((value, c) => (queue[c * columns + j] = value / length))
  }
  return queue
}
