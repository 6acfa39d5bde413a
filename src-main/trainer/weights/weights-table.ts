import type { StateDict } from '../networks/weights.ts'

/**
 * The floating-point tensors of a file, of which only those that are asked for are read. Names are
 * those that the file has, behind the place of their table and a slash where the table does not
 * stand at the top: `state_dict/module.stem.0.weight`.
 */
export interface WeightsTable {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Tensors that cannot be read, by name, with what they are made of, such as `torch.uint16`. */
  readonly unreadable: ReadonlyMap<string, string>
  /** @throws WeightsError where the file does not hold what the tensor needs */
  read(name: string): Promise<Float32Array>
}

/** A table of tensors in memory. */
export function tableOf(state: StateDict): WeightsTable {
  return {
    shapes: new Map([...state].map(([name, { shape }]) => [name, shape])),
    unreadable: new Map(),
    read: async (name) => state.get(name)!.data,
  }
}
