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
