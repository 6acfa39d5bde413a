import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/** x * Phi(x), with the normal distribution Phi and without an approximation (Hendrycks and Gimpel, 2016). */
export function gelu(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const y = engine.scope(() => raw.multiply(engine, x, share(engine, x)))
  return tape.record(y, [x], [x], (dy) => {
    const density = raw.scale(
      engine,
      raw.exp(engine, raw.scale(engine, raw.square(engine, x), -0.5)),
      1 / Math.sqrt(2 * Math.PI),
    )
    const slope = raw.add(engine, share(engine, x), raw.multiply(engine, x, density))
    return [raw.multiply(engine, dy, slope)]
  })
}

/** Phi(x) = (1 + erf(x / sqrt(2))) / 2 */
function share(engine: Engine, x: Tensor): Tensor {
  const half = engine.scalar(0.5)
  const erf = raw.erf(engine, raw.scale(engine, x, Math.SQRT1_2))
  return raw.add(engine, raw.multiply(engine, erf, half), half)
}
