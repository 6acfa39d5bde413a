/** A rectangle of whole pixels inside a frame. */
export interface Box {
  top: number
  left: number
  height: number
  width: number
}

/** Factors of one colour jitter and the order in which they are applied. */
export interface ColourJitter {
  order: ('brightness' | 'contrast' | 'saturation' | 'hue')[]
  brightness: number
  contrast: number
  saturation: number
  /** In turns. */
  hue: number
}

/** How a clip's colours are changed; null leaves that change out. One draw holds for all frames. */
export interface Look {
  grayscale: boolean
  jitter: ColourJitter | null
  /** Standard deviation in pixels. */
  blurSigma: number | null
}

/**
 * One clip of a video, as data: what is drawn of it before any frame is decoded. It follows from the
 * seed of the clip, the size of the video, and the run's settings.
 */
export interface ViewSpec {
  /** [T] frame indices, modulo the video's length; the first is the clip's start. */
  indices: number[]
  /** Whether the first draw fell on a rejected window. */
  isRedrawn: boolean
  /** What is cut out of each frame and resized to the clip's size. */
  box: Box
  /** Whether it is mirrored. */
  flip: boolean
  /** Whether its background is replaced by another video's. */
  isMerged: boolean
  look: Look
}
