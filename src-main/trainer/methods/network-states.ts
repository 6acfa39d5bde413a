import type { Encoder } from '../encoders/encoder.ts'
import type { Network } from '../networks/network.ts'
import type { StateDict } from '../networks/weights.ts'
import { prefixed, unprefixed } from './learner.ts'

/** Networks of a learner, by the name before the entries of their state. */
export type Networks = ReadonlyMap<string, Network | Encoder>

/** `NAME.*` of each network. */
export function statesOf(networks: Networks): StateDict {
  const states = [...networks].map(([name, network]) => prefixed(`${name}.`, network.stateDict()))
  return new Map(states.flatMap((state) => [...state]))
}

/** @throws StateError when the state is of other networks. */
export function loadStates(networks: Networks, state: StateDict): void {
  for (const [name, network] of networks) {
    network.loadStateDict(unprefixed(`${name}.`, state))
  }
}

export function disposeAll(networks: Networks): void {
  for (const network of networks.values()) network.dispose()
}
