import type { InputScaling } from './scaling.ts'

/**
 * Where the cells of a feature map lie in its clip, along one axis: cell i sees mostly what is
 * around `first + i * step`, in pixels or frames.
 */
export interface MapAxis {
  first: number
  step: number
}

/** A piece of a clip: so many frames of a square of so many pixels. */
export interface Cube {
  frames: number
  size: number
}

/** A video encoder as forms, reports and the command line know it. */
export interface EncoderDescriptor {
  /** As tables write it: `R(2+1)D-18`. */
  label: string
  /** What it is, in a few words. */
  meaning: string
  /** Length C of a clip's pooled features. */
  featureSize: number
  /** How its clips are scaled, in training, in evaluation and for single clips alike. */
  scaling: InputScaling
  /**
   * Where the cells of the last feature map lie: the centres of their receptive fields, followed
   * through strides and paddings. Enlarged as if cells tiled the frame, a map would lie up to half
   * a cell off.
   */
  map: { time: MapAxis; space: MapAxis }
  /** The smallest clips that its poolings leave something of; without it, any clips do. */
  least?: { frames: number; size: number }
  /** Of a transformer: the piece of a clip that becomes a token. Clips are a whole number of them. */
  cube?: Cube
}
