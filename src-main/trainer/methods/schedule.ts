/**
 * Cosine schedule (Loshchilov and Hutter, 2017) without restarts: from `lr` at step 0 down to 0 at
 * step `steps`.
 * @param step in [0, steps]; may be fractional.
 */
export function cosineLearningRate(lr: number, step: number, steps: number): number {
  return 0.5 * lr * (1 + Math.cos((Math.PI * step) / steps))
}
