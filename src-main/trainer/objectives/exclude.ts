import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'

/** Far below every similarity, divided by any temperature, and far from the largest float32. */
const FAR = 1e9

/**
 * Lowers some similarities so far that they play no part in a softmax and are never the highest.
 * @param which 1 for what is left out, else 0; as long as `similarity`
 */
export function exclude(engine: Engine, similarity: Tensor, which: Tensor): Tensor {
  return raw.subtract(engine, similarity, raw.scale(engine, which, FAR))
}
