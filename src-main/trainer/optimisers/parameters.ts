import type { Engine } from '../engine/engine.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'

/** One of the parameters that lie one behind the other in a vector [P]. */
export interface Parameter {
  /** PyTorch's name. */
  name: string
  /** PyTorch's shape; weights have two dimensions or more, biases and norms one. */
  shape: readonly number[]
  /** Number of values in the vector. */
  size: number
}

/**
 * How a group of parameters differs from the others. Of all rules that match a parameter, the first that
 * gives a value counts.
 */
export interface GroupRule {
  matches: (parameter: Parameter) => boolean
  /** In place of the optimiser's. */
  weightDecay?: number
  /** Factor on the learning rate; 1 by default. */
  rate?: number
}

/** Biases and normalisation: the parameters that many recipes neither decay nor adapt. */
export function isVector({ shape }: Parameter): boolean {
  return shape.length <= 1
}

/** No weight decay on parameters of one dimension. */
export const withoutVectorDecay: GroupRule = { matches: isVector, weightDecay: 0 }

/** What the rules say of a parameter; undefined where none says anything. */
export function ruled(
  parameter: Parameter,
  rules: readonly GroupRule[],
  what: 'weightDecay' | 'rate',
): number | undefined {
  return rules.find((rule) => rule[what] !== undefined && rule.matches(parameter))?.[what]
}

/** Number of values of all parameters, P. */
export function countValues(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0)
}

/**
 * A number for every parameter, spread over its values.
 * @returns the number alone where it is the same for all, otherwise a vector [P] that the caller
 * releases
 */
export function spread(
  engine: Engine,
  parameters: readonly Parameter[],
  valueOf: (parameter: Parameter) => number,
): number | Tensor {
  const values = parameters.map(valueOf)
  if (values.every((value) => value === values[0])) return values[0] ?? 0
  const vector = new Float32Array(countValues(parameters))
  let offset = 0
  parameters.forEach(({ size }, i) => {
    vector.fill(values[i], offset, offset + size)
    offset += size
  })
  return engine.held(vector, [vector.length])
}

/** The entries of a network's state as parameters. */
export function parametersOf(
  entries: readonly { name: string; shape: readonly number[]; inner: readonly number[] }[],
): Parameter[] {
  return entries.map(({ name, shape, inner }) => ({ name, shape, size: sizeOf(inner) }))
}
