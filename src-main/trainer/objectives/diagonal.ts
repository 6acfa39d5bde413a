import type { Engine } from '../engine/engine.ts'
import type { Tensor } from '../engine/tensor.ts'

/** 1 on the diagonal, else 0: [size, size] */
export function diagonal(engine: Engine, size: number): Tensor {
  const values = new Float32Array(size * size)
  for (let i = 0; i < size; i++) values[i * (size + 1)] = 1
  return engine.tensor(values, [size, size])
}
