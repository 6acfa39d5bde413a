import type { InputScaling } from '#shared/encoders/scaling.ts'
import type { Engine } from '../../engine/engine.ts'
import { raw } from '../../engine/raw.ts'
import type { Tensor } from '../../engine/tensor.ts'

/**
 * Frames of clips one behind the other in the channels, in [-1, 1]: [B, T, S, S, 3] ->
 * [B, 1, S, S, 3 T].
 * @param clips as the encoder takes them
 */
export function stackFrames(engine: Engine, clips: Tensor, scaling: InputScaling): Tensor {
  const [b, t, h, w] = clips.shape
  const { mean, deviation } = scaling
  const vector = (values: readonly number[]): Tensor =>
    engine.tensor(Float32Array.from(values), [3])
  const factor = vector(deviation.map((value) => 2 * value))
  const offset = vector(mean.map((value) => 2 * value - 1))
  const pixels = raw.add(engine, raw.multiply(engine, clips, factor), offset)
  const behind = raw.transpose(engine, pixels, [0, 2, 3, 1, 4])
  return engine.reshape(behind, [b, 1, h, w, 3 * t])
}

/** The first clips of stacked frames, as clips again: [B, 1, S, S, 3 T] -> [n, T, S, S, 3]. */
export function unstackFrames(engine: Engine, x: Tensor, n: number): Tensor {
  const [, , h, w, k] = x.shape
  const first = raw.slice(engine, x, [0, 0, 0, 0, 0], [n, 1, h, w, k])
  const apart = engine.reshape(first, [n, h, w, k / 3, 3])
  return raw.transpose(engine, apart, [0, 3, 1, 2, 4])
}
