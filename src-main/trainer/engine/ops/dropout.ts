import type { Rng } from '#shared/random/rng.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { sizeOf, type Tensor } from '../tensor.ts'

/**
 * Inverted dropout: what stays is scaled up, so that nothing is to be done at test time.
 * @param x in the master type
 * @param part that is left out, in [0, 1); 0 changes nothing
 */
export function dropout(tape: Tape, x: Tensor, part: number, rng: Rng): Tensor {
  if (part === 0) return x
  const { engine } = tape
  const keep = Float32Array.from({ length: sizeOf(x.shape) }, () =>
    rng.uniform() < part ? 0 : 1 / (1 - part),
  )
  const mask = engine.tensor(keep, x.shape)
  const y = raw.multiply(engine, x, mask)
  return tape.record(y, [x], [mask], (dy) => [raw.multiply(engine, dy, mask)])
}
