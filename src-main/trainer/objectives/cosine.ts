import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * The mean cosine similarity of rows that belong together: mean_i p_i·z_i, scalar.
 * @param p at unit length, [B, D]
 * @param z at unit length, [B, D]; a gradient flows into it where the tape has recorded it
 */
export function meanCosine(tape: Tape, p: Tensor, z: Tensor): Tensor {
  const { engine } = tape
  const [batch] = p.shape
  const cosines = raw.sum(engine, raw.multiply(engine, p, z), [1]) // [B]
  return tape.record(raw.mean(engine, cosines, [0]), [p, z], [p, z], (dy) => {
    const each = raw.scale(engine, dy, 1 / batch)
    return [
      tape.needs(p) ? raw.multiply(engine, z, each) : null,
      tape.needs(z) ? raw.multiply(engine, p, each) : null,
    ]
  })
}

/** offset + factor * x */
export function affine(tape: Tape, x: Tensor, factor: number, offset: number): Tensor {
  const { engine } = tape
  const y = raw.add(engine, raw.scale(engine, x, factor), engine.scalar(offset))
  return tape.record(y, [x], [], (dy) => [raw.scale(engine, dy, factor)])
}

/**
 * The squared distance of predictions and targets at unit length (Grill et al., NeurIPS 2020,
 * equation 2): mean_i 2 - 2 p_i·z_i, in [0, 4].
 */
export function squaredDistance(tape: Tape, p: Tensor, z: Tensor): Tensor {
  return affine(tape, meanCosine(tape, p, z), -2, 2)
}

/** The negative cosine similarity (Chen and He, CVPR 2021, equation 1): -mean_i p_i·z_i, in [-1, 1]. */
export function negativeCosine(tape: Tape, p: Tensor, z: Tensor): Tensor {
  return affine(tape, meanCosine(tape, p, z), -1, 0)
}

/** The same values, from which no gradient flows back. */
export function stopGradient(tape: Tape, x: Tensor): Tensor {
  return tape.engine.reshape(x, x.shape)
}
