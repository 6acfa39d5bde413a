import type { StateDict, Weights } from '../networks/weights.ts'
import type { Optimiser } from './optimiser.ts'

const STEPS = 'optimiser_steps'

/**
 * An optimiser's buffers under `<buffer>.<network>.<parameter>`, and the number of steps that it has
 * taken under `optimiser_steps.<network>`: a network that was left alone in some steps took fewer.
 * @param network empty for names without it
 */
export function optimiserState(optimiser: Optimiser, weights: Weights, network = ''): StateDict {
  const { buffers, steps } = optimiser.state()
  const named = [...buffers].flatMap(([buffer, vector]) => {
    const prefix = prefixOf(buffer, network)
    return [...weights.named(vector)].map(([name, entry]) => [prefix + name, entry] as const)
  })
  return new Map([...named, [stepsName(network), { shape: [1], data: Float32Array.of(steps) }]])
}

/**
 * The inverse of `optimiserState`. Older checkpoints have one number of steps for all networks, those
 * of version 0.1 none, which SGD does not need.
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
  const steps = (state.get(stepsName(network)) ?? state.get(STEPS))?.data[0] ?? 0
  optimiser.load({ buffers: new Map(vectors), steps })
}

function stepsName(network: string): string {
  return network === '' ? STEPS : `${STEPS}.${network}`
}

function prefixOf(buffer: string, network: string): string {
  return network === '' ? `${buffer}.` : `${buffer}.${network}.`
}
