import type { Engine } from '#main/trainer/engine/engine.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import type { DType } from '#main/trainer/engine/tensor.ts'
import { sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { Rng } from '#shared/random/rng.ts'
import { relativeError } from '../golden-networks.ts'

/** What bfloat16 holds exactly, so that only the arithmetic is compared. */
export function noise(shape: readonly number[], seed: number, mean = 0): Float32Array {
  const rng = new Rng(seed)
  return Float32Array.from(
    { length: sizeOf(shape) },
    () => Math.round(32 * (mean + rng.normal())) / 32,
  )
}

/** Values and gradients of an op, run in one element type of one engine. */
export function run(
  on: Engine,
  element: DType,
  inputs: Record<string, { shape: readonly number[]; data: Float32Array; master?: boolean }>,
  dy: Float32Array,
  work: (tape: Tape, tensors: Record<string, Tensor>) => Record<string, Tensor>,
): Record<string, Float32Array> {
  return on.scope(() => {
    const tape = new Tape(on)
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data, master }]) => {
        const tensor = on.tensor(data, shape)
        return [name, master ? tensor : on.cast(tensor, element)]
      }),
    )
    tape.watch(Object.values(tensors))
    const { y, ...others } = work(tape, tensors)
    const gradient = on.cast(on.tensor(dy, y.shape), element)
    const gradients = tape.backward(y, gradient)
    const read = (tensor: Tensor): Float32Array => on.read(tensor).slice()
    const values = Object.entries({ y, ...others }).map(([name, t]) => [name, read(t)] as const)
    const slopes = Object.entries(tensors)
      .filter(([, tensor]) => gradients.has(tensor))
      .map(([name, tensor]) => [`d ${name}`, read(gradients.get(tensor)!)] as const)
    gradients.forEach((held) => on.release(held))
    return Object.fromEntries([...values, ...slopes])
  })
}

export function errors(
  ours: Record<string, Float32Array>,
  theirs: Record<string, Float32Array>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(theirs).map(([name, values]) => [name, relativeError(ours[name], values)]),
  )
}
