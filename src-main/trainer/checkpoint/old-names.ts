import type { StateDict } from './safetensors.ts'

/** What version 0.1 called the networks, and what they are called since. */
const NETWORKS: Record<string, string> = { query: '', key: 'ema.', momentum: 'momentum.' }

/** The layers of the projection head as version 0.1 called them, which had them inside the encoder. */
const HEAD_LAYERS: Record<string, string> = {
  'fc.0': '0',
  'fc.2': '2',
  'id_head.2': '0',
  'id_head.4': '2',
}

/**
 * Gives the entries of a checkpoint of version 0.1 (`query.*`, `key.*`, `momentum.*`) the names that
 * they have now. Other states are returned as they are.
 */
export function withPresentNames(state: StateDict): StateDict {
  const isOld = [...state.keys()].some((name) => name.startsWith('query.'))
  if (!isOld) return state
  return new Map([...state].map(([name, entry]) => [presentName(name), entry]))
}

function presentName(name: string): string {
  const [network, ...rest] = name.split('.')
  const prefix = NETWORKS[network]
  if (prefix === undefined || rest.length === 0) return name
  const layer = HEAD_LAYERS[rest.slice(0, 2).join('.')]
  const path = layer === undefined ? ['encoder', ...rest] : ['head', layer, ...rest.slice(2)]
  return prefix + path.join('.')
}
