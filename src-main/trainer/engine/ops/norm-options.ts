import type { Tensor } from '../tensor.ts'

/** What batch normalisation reads, each [C], in the master type. */
export interface NormTensors {
  scale: Tensor
  offset: Tensor
  runningMean: Tensor
  runningVariance: Tensor
}

export interface NormResult {
  /** As x. */
  y: Tensor
  /** The running statistics after this batch; those that came in, in evaluation mode. */
  runningMean: Tensor
  runningVariance: Tensor
}

export interface NormOptions {
  training: boolean
  /** Whether ReLU follows. */
  relu: boolean
  /** Added before the ReLU, as x; null for nothing. */
  shortcut: Tensor | null
  /** Added to the variance. Default 1e-5, PyTorch's. */
  epsilon?: number
  /** Part of the way that the running statistics move towards the batch's. Default 0.1, PyTorch's. */
  momentum?: number
}

/** Options whose defaults are filled in. */
export type WholeOptions = Required<NormOptions>
