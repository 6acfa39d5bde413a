import type { StateDict, Weights } from '../networks/weights.ts'
import type { Optimiser } from './optimiser.ts'

const STEPS = 'optimiser_steps'

/**
 * An optimiser's buffers under `<buffer>.<network>.<parameter>`, and the number of steps that it has
 * taken.
 * @param network empty for names without it
 */
export function optimiserState(optimiser: Optimiser, weights: Weights, network = ''): StateDict {
  const { buffers, steps } = optimiser.state()
  const named = [...buffers].flatMap(([buffer, vector]) => {
    const prefix = prefixOf(buffer, network)
    return [...weights.named(vector)].map(([name, entry]) => [prefix + name, entry] as const)
  })
  return new Map([...named, [STEPS, { shape: [1], data: Float32Array.of(steps) }]])
}

/**
 * The inverse of `optimiserState`. Version 0.1 saved no number of steps, and needed none for SGD.
 * @throws StateError when an entry is missing or of another shape; nothing is changed then.
 */
export function loadOptimiserState(
  optimiser: Optimiser,
  weights: Weights,
  state: StateDict,
  network = '',
): void {
  const vectors = optimiser.bufferNames.map((buffer) => {
    const prefix = prefixOf(buffer, network)
    const own = [...state].filter(([name]) => name.startsWith(prefix))
    const unprefixed = own.map(([name, entry]) => [name.slice(prefix.length), entry] as const)
    return [buffer, weights.unnamed(new Map(unprefixed))] as const
  })
  optimiser.load({ buffers: new Map(vectors), steps: state.get(STEPS)?.data[0] ?? 0 })
}

function prefixOf(buffer: string, network: string): string {
  return network === '' ? `${buffer}.` : `${buffer}.${network}.`
}
