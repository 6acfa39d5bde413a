import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/** max(x, 0) */
export function relu(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const y = onIntegers(engine, 'Relu', [x])
  return tape.record(y, [x], [y], (dy) => [onIntegers(engine, 'ReluGrad', [dy, y])])
}

/** max(x, 0) + slope * min(x, 0) */
export function leakyRelu(tape: Tape, x: Tensor, slope: number): Tensor {
  const { engine } = tape
  const attributes = [attribute.type('T', x.dtype), attribute.float('alpha', slope)]
  const y = engine.op('LeakyRelu', [x], attributes)
  return tape.record(y, [x], [x], (dy) => [engine.op('LeakyReluGrad', [dy, x], attributes)])
}

/** 1 / (1 + exp(-x)) */
export const sigmoid = bySlopeOfResult('Sigmoid')

export const tanh = bySlopeOfResult('Tanh')

/** An op whose gradient follows from its result. */
function bySlopeOfResult(name: 'Sigmoid' | 'Tanh') {
  return (tape: Tape, x: Tensor): Tensor => {
    const { engine } = tape
    const type = attribute.type('T', x.dtype)
    const y = engine.op(name, [x], [type])
    return tape.record(y, [x], [y], (dy) => [engine.op(`${name}Grad`, [y, dy], [type])])
  }
}

/** x [..., C] + bias [C] in x's element type; the bias and its gradient are in the master type. */
export function addBias(tape: Tape, x: Tensor, bias: Tensor): Tensor {
  const { engine } = tape
  const y = raw.add(engine, x, engine.cast(bias, x.dtype))
  const axes = x.shape.slice(0, -1).map((_, axis) => axis)
  return tape.record(y, [x, bias], [], (dy) => [
    dy,
    raw.sum(engine, engine.cast(dy, engine.master), axes),
  ])
}

/**
 * A bfloat16 is positive just when its bits are, read as an integer; on the processor the integer
 * op is eight times as fast and gives the same bits.
 */
function onIntegers(engine: Engine, name: 'Relu' | 'ReluGrad', inputs: Tensor[]): Tensor {
  const { dtype } = inputs[0]
  if (dtype !== DType.bfloat16 || engine.info.device !== 'CPU') {
    return engine.op(name, inputs, [attribute.type('T', dtype)])
  }
  const bits = inputs.map((input) => engine.bitcast(input, DType.int16))
  const result = engine.op(name, bits, [attribute.type('T', DType.int16)])
  return engine.bitcast(result, dtype)
}

/** a + b, of equal shape. */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  return tape.record(raw.add(tape.engine, a, b), [a, b], [], (dy) => [dy, dy])
}

/** The mean of scalars. */
export function meanOfScalars(tape: Tape, scalars: readonly Tensor[]): Tensor {
  const { engine } = tape
  if (scalars.length === 1) return scalars[0]
  const share = 1 / scalars.length
  const sum = scalars.reduce((total, scalar) => raw.add(engine, total, scalar))
  return tape.record(raw.scale(engine, sum, share), scalars, [], (dy) => {
    const each = raw.scale(engine, dy, share)
    return scalars.map((scalar) => (tape.needs(scalar) ? each : null))
  })
}

/** x in another element type. */
export function cast(tape: Tape, x: Tensor, dtype: DType): Tensor {
  const { engine } = tape
  if (x.dtype === dtype) return x
  return tape.record(engine.cast(x, dtype), [x], [], (dy) => [engine.cast(dy, x.dtype)])
}

/** Joins tensors along the last axis. */
export function concatChannels(tape: Tape, parts: readonly Tensor[]): Tensor {
  return concatAlong(tape, parts, parts[0].shape.length - 1)
}

/** Joins tensors along the first axis. */
export function concatRows(tape: Tape, parts: readonly Tensor[]): Tensor {
  return concatAlong(tape, parts, 0)
}

/** Joins [B, N, C] and [B, M, C] to [B, N + M, C]. */
export function concatTokens(tape: Tape, parts: readonly Tensor[]): Tensor {
  return concatAlong(tape, parts, 1)
}

function concatAlong(tape: Tape, parts: readonly Tensor[], axis: number): Tensor {
  const { engine } = tape
  const widths = parts.map((part) => part.shape[axis])
  return tape.record(raw.concat(engine, parts, axis), parts, [], (dy) =>
    raw.split(engine, dy, widths, axis),
  )
}
