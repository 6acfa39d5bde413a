/** Sizes along time, height and width. */
export type Triple = readonly [number, number, number]

export interface ConvGeometry {
  kernel: Triple
  stride: Triple
  /** Zeros before and after, along time, height and width. */
  padding: readonly [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ]
}

/**
 * Whether zeros of the padding are a large part of what a kernel over time multiplies. TensorFlow's
 * kernels multiply them too; the workbench's leave them out.
 * @param frames of the input
 */
export function isMostlyPadding(frames: number, { kernel: [time] }: ConvGeometry): boolean {
  return time > 1 && frames < time
}
