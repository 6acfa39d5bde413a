import type { OutputInfo } from '../../trainer/engine/binding.ts'

/**
 * Floating point operations of an op, a multiplication and an addition counted as two; null for ops
 * that do little but move memory. Convolutions are counted as their definition has it, so that a
 * kernel which needs fewer (Winograd's) can come out above what the processor can do.
 * @param name TensorFlow's
 * @param inputs their shapes
 */
export function operationsOf(
  name: string,
  inputs: readonly (readonly number[])[],
  outputs: readonly Pick<OutputInfo, 'shape'>[],
): number | null {
  if (name === 'MatMul') return 2 * product(inputs[0]) * outputs[0].shape[1]
  if (!/Conv|Winograd/.test(name) || outputs.length === 0) return null
  // Sizes are vectors, which some gradients take as well.
  const [a, b] = inputs.filter((shape) => shape.length >= 4)
  if (a === undefined || b === undefined) return null
  const [kernel, result] = /Filter/.test(name)
    ? [outputs[0].shape, b]
    : isOfInput(name, a, b)
      ? byRole(name, a, b)
      : [b, outputs[0].shape]
  return (2 * product(result) * product(kernel)) / kernel[kernel.length - 1]
}

/** Winograd's op is told from its gradient of inputs by the channels that it reads. */
function isOfInput(name: string, a: readonly number[], b: readonly number[]): boolean {
  if (name === 'FameWinograd') return a[a.length - 1] !== b[b.length - 2]
  return name.includes('Input')
}

/** TensorFlow's gradients of inputs take the kernel first, the workbench's own the gradient. */
function byRole(
  name: string,
  a: readonly number[],
  b: readonly number[],
): [kernel: readonly number[], dy: readonly number[]] {
  return name.startsWith('Fame') ? [b, a] : [a, b]
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1)
}
