import type { Tensor } from '../tensor.ts'

/** The shape and element type of a tensor that need not be there. */
export type Volume = Pick<Tensor, 'shape' | 'dtype'>

/**
 * What the workbench's own kernels compute of a convolution of x [B, T, H, W, C] with
 * w [t, h, w, C, D]. Each is null where TensorFlow's op is faster or does what the kernel cannot.
 */
export interface OwnConv {
  /** y [B, T', H', W', D] */
  forward: ((x: Tensor) => Tensor) | null
  /** The gradient of x. */
  input: ((dy: Tensor) => Tensor) | null
  /** The gradient of w, in float32. */
  filter: ((x: Tensor, dy: Tensor) => Tensor) | null
}

/** What kernels compute where nobody asks whether they are the fastest. */
export type AllOwnConv = { [work in keyof OwnConv]: NonNullable<OwnConv[work]> }

export const noOwnConv: OwnConv = { forward: null, input: null, filter: null }
