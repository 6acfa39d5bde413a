import type { Rng } from '#shared/random/rng.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'
import { drawRows } from './over-ranks.ts'

/**
 * Stochastic depth (Huang et al., ECCV 2016) as transformers have it: a residual branch is left out as a
 * whole for some clips of a batch, and scaled up for the others, so that nothing is to be done at test
 * time.
 * @param x a branch, [B, ...]
 * @param part of the clips for which it is left out, in [0, 1); 0 changes nothing and draws nothing
 * @param rng one number is drawn for each clip
 */
export function dropPath(tape: Tape, x: Tensor, part: number, rng: Rng): Tensor {
  if (part === 0) return x
  const { engine } = tape
  const [clips, ...rest] = x.shape
  const draw = (): number => (rng.uniform() < part ? 0 : 1 / (1 - part))
  const keep = Float32Array.from(drawRows(engine, clips, draw))
  const mask = engine.cast(engine.tensor(keep, [clips, ...rest.map(() => 1)]), x.dtype)
  const y = raw.multiply(engine, x, mask)
  return tape.record(y, [x], [mask], (dy) => [raw.multiply(engine, dy, mask)])
}
