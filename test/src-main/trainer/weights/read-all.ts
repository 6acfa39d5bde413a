import type { StateDict } from '#main/trainer/networks/weights.ts'
import { withWeights } from '#main/trainer/weights/read-weights.ts'
import type { WeightsTable } from '#main/trainer/weights/weights-table.ts'

/** Every tensor of a table. */
export async function readAll(table: WeightsTable): Promise<StateDict> {
  const state: StateDict = new Map()
  for (const [name, shape] of table.shapes) {
    state.set(name, { shape: [...shape], data: await table.read(name) })
  }
  return state
}

/** Every tensor of a file. */
export function readWeights(path: string): Promise<StateDict> {
  return withWeights(path, readAll)
}
