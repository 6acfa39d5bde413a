import type { Rng } from '#shared/random/rng.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { sizeOf, type Tensor } from '../tensor.ts'
import { drawRows } from './over-ranks.ts'

/**
 * Inverted dropout: what stays is scaled up, so that nothing is to be done at test time.
 * @param x in the master type
 * @param part that is left out, in [0, 1); 0 changes nothing
 * @param groups of rows, such as clips of a video that are one behind the other. Default 1
 */
export function dropout(tape: Tape, x: Tensor, part: number, rng: Rng, groups = 1): Tensor {
  if (part === 0) return x
  const { engine } = tape
  const draw = (): number => (rng.uniform() < part ? 0 : 1 / (1 - part))
  const keep = drawRows(engine, sizeOf(x.shape), draw, groups)
  const mask = engine.tensor(Float32Array.from(keep), x.shape)
  const y = raw.multiply(engine, x, mask)
  return tape.record(y, [x], [mask], (dy) => [raw.multiply(engine, dy, mask)])
}
