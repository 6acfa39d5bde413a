import type { StateDict } from '#main/trainer/networks/weights.ts'
import { withWeights } from '#main/trainer/weights/read-weights.ts'
import type { WeightsTable } from '#main/trainer/weights/weights-table.ts'

/** Every tensor of a table. */
export function readAll(table: WeightsTable): StateDict {
  return new Map(
    [...table.shapes].map(([name, shape]) => [name, { shape: [...shape], data: table.read(name) }]),
  )
}

/** Every tensor of a file. */
export function readWeights(path: string): StateDict {
  return withWeights(path, readAll)
}
