import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'

export interface StepResult {
  /** (loss1 + loss2) / 2 */
  loss: number
  /** Query clips against key clips. */
  loss1: number
  /** Key clips against query clips. */
  loss2: number
  /** Part of the clips whose positive is more similar than every negative, in [0, 1]. */
  accuracy: number
  /** Part of the clips whose positive is among the five most similar keys, in [0, 1]. */
  top5: number
  /** Mean cosine similarity of queries to their positives. */
  positive: number
  /** Mean cosine similarity of queries to the queue. */
  negative: number
  /** Standard deviation of the embeddings over the batch, times the root of their size. */
  spread: number
}

/** What `half` measures, in its order. */
const MEASURED = ['loss', 'accuracy', 'top5', 'positive', 'negative', 'spread'] as const

/** @param values of the first direction, then of the second */
export function resultOf(values: readonly number[]): StepResult {
  const means = MEASURED.map((name, i) => [name, (values[i] + values[MEASURED.length + i]) / 2])
  const [loss1, loss2] = [values[0], values[MEASURED.length]]
  return { ...(Object.fromEntries(means) as Omit<StepResult, 'loss1' | 'loss2'>), loss1, loss2 }
}

/** Scalars as one vector. */
export function stack(engine: Engine, scalars: readonly Tensor[]): Tensor {
  const parts = scalars.map((scalar) => engine.reshape(scalar, [1]))
  return raw.concat(engine, parts, 0)
}
