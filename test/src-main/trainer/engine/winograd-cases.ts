import { attribute } from '#main/trainer/engine/attributes.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { conv } from '#main/trainer/engine/ops/conv.ts'
import type { Triple } from '#main/trainer/engine/ops/conv-geometry.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { Rng } from '#shared/random/rng.ts'

export interface Case {
  x: readonly number[]
  outputs: number
  taps: Triple
  /** Channels that w has for x, where they are to differ. */
  inputs?: number
}

export type Results = Record<'y' | 'dx' | 'dw', Float32Array>

/** What the workbench's own ops compute, called by name. */
export function convolutions(engine: Engine, of: Case): Results {
  return engine.scope(() => {
    const { x, w, dy } = inputsOf(engine, of)
    const mirrored = (value: boolean) => attribute.bool('mirrored', value)
    const y = engine.op('FameWinograd', [x, w], [attribute.type('T', x.dtype), mirrored(false)])
    const dx = engine.op('FameWinograd', [dy, w], [attribute.type('T', x.dtype), mirrored(true)])
    const taps = attribute.ints('taps', [...of.taps])
    const dw = engine.op('FameWinogradFilter', [x, dy], [attribute.type('T', x.dtype), taps])
    return read(engine, { y, dx, dw })
  })
}

/** What a convolution and its gradients compute. */
export function gradients(engine: Engine, of: Case): Results {
  return engine.scope(() => {
    const { x, w, dy } = inputsOf(engine, of)
    const tape = new Tape(engine)
    tape.watch([x, w])
    const pads = of.taps.map((k) => [(k - 1) / 2, (k - 1) / 2] as const)
    const y = conv(tape, x, w, {
      kernel: of.taps,
      stride: [1, 1, 1],
      padding: [pads[0], pads[1], pads[2]],
    })
    const slopes = tape.backward(y, dy)
    const results = read(engine, { y, dx: slopes.get(x)!, dw: slopes.get(w)! })
    slopes.forEach((held) => engine.release(held))
    return results
  })
}

function inputsOf(engine: Engine, of: Case): Record<'x' | 'w' | 'dy', Tensor> {
  const tensor = (shape: readonly number[], seed: number): Tensor =>
    engine.tensor(noise(shape, seed), shape)
  return {
    x: tensor(of.x, 1),
    w: tensor([...of.taps, of.inputs ?? of.x[4], of.outputs], 2),
    dy: tensor([...of.x.slice(0, 4), of.outputs], 3),
  }
}

function read(engine: Engine, tensors: Record<keyof Results, Tensor>): Results {
  const { y, dx, dw } = tensors
  const values = [y, dx, dw].map((tensor) => engine.read(tensor).slice())
  return { y: values[0], dx: values[1], dw: values[2] }
}

function noise(shape: readonly number[], seed: number): Float32Array {
  const rng = new Rng(seed)
  return Float32Array.from({ length: sizeOf(shape) }, () => rng.normal())
}
