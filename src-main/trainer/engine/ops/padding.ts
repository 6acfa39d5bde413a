import type { ConvGeometry, Triple } from './conv-geometry.ts'

/** Zeros before and after along one axis. */
export type Pair = readonly [before: number, after: number]

/** How many zeros a window of `kernel` places that moves by `stride` has around `n` places. */
export type PaddingRule = (n: number, kernel: number, stride: number) => Pair

/**
 * TensorFlow's SAME: as many as give ceil(n / stride) windows, the odd one behind. With a stride of
 * 2, an even n gets one less than an odd n.
 */
export const samePadding: PaddingRule = (n, kernel, stride) => {
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0)
  return halved(total)
}

/** kernel / 2 on both sides, rounded down: PyTorch's usual padding of odd kernels; none for two. */
export const centredPadding: PaddingRule = (_, kernel) => {
  const half = Math.floor((kernel - 1) / 2)
  return [half, half]
}

/**
 * kernel - stride, the odd one behind, and as many more as fill the last window: what PyTorch's ports
 * of TensorFlow networks do for pooling (`ceil_mode`).
 */
export const filledPadding: PaddingRule = (n, kernel, stride) => {
  const total = Math.max(kernel - stride, 0)
  const [before] = halved(total)
  const windows = Math.ceil((n + total - kernel) / stride) + 1
  return [before, (windows - 1) * stride + kernel - n - before]
}

/** A rule along time, height and width of x [B, T, H, W, C]. */
export function paddingOf(
  rule: PaddingRule,
  [, ...size]: readonly number[],
  kernel: Triple,
  stride: Triple,
): ConvGeometry['padding'] {
  const along = (axis: number): Pair => rule(size[axis], kernel[axis], stride[axis])
  return [along(0), along(1), along(2)]
}

function halved(total: number): Pair {
  const before = Math.floor(total / 2)
  return [before, total - before]
}
