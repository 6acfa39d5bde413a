import { attribute } from '../../engine/attributes.ts'
import type { Engine } from '../../engine/engine.ts'
import { raw } from '../../engine/raw.ts'
import { DType } from '../../engine/tensor.ts'

/** The nearest rows of each row, the row itself first. */
export interface NearestRows {
  /** [N, k], row-major: of equally near rows the lower one first. */
  indices: Int32Array
  /** [N, k]: 1 - cosine, 0 for the row itself. */
  distances: Float32Array
  /** How many a row, itself included. */
  k: number
}

/** Rows compared at once. */
const BLOCK = 256

/**
 * Exact nearest neighbours by cosine, block by block.
 * @param rows [N, C], each of length 1
 * @param k at most N
 * @param onRows called after each block; `false` ends it
 * @returns null when `onRows` ended it
 */
export async function nearestRows(
  engine: Engine,
  { rows, size, k }: { rows: Float32Array; size: number; k: number },
  onRows: (done: number) => Promise<boolean>,
): Promise<NearestRows | null> {
  const count = rows.length / size
  const found: NearestRows = {
    indices: new Int32Array(count * k),
    distances: new Float32Array(count * k),
    k,
  }
  const keys = engine.held(rows, [count, size])
  try {
    for (let from = 0; from < count; from += BLOCK) {
      const block = rows.subarray(from * size, Math.min(count, from + BLOCK) * size)
      engine.scope(() => {
        const queries = engine.tensor(block, [block.length / size, size])
        const cosines = raw.matmul(engine, queries, keys, { b: true })
        const [values, indices] = engine.ops(
          'TopKV2',
          [cosines, engine.ints([k], [])],
          [attribute.bool('sorted', true), attribute.type('T', engine.master)],
          2,
        )
        keep(found, from, engine.read(values), engine.read(engine.cast(indices, DType.float32)))
      })
      if (!(await onRows(Math.min(count, from + BLOCK)))) return null
    }
    return found
  } finally {
    engine.release(keys)
  }
}

/** Writes a block's neighbours; a row that others equal may not be among its own nearest k. */
function keep(
  { indices, distances, k }: NearestRows,
  from: number,
  values: Float32Array,
  rows: Float32Array,
): void {
  for (let i = 0; i < rows.length / k; i++) {
    const start = (from + i) * k
    indices[start] = from + i
    let place = 1
    for (let j = 0; j < k && place < k; j++) {
      const row = rows[i * k + j]
      if (row === from + i) continue
      indices[start + place] = row
      distances[start + place] = Math.max(0, 1 - values[i * k + j])
      place++
    }
  }
}
