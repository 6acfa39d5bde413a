/** A rectangle of whole pixels inside a frame. */
export interface Box {
  top: number
  left: number
  height: number
  width: number
}

/** Where a clip, or one frame of it, is cut from its frames. */
export interface Cut {
  /** What is cut out of each frame and resized to the clip's size. */
  box: Box
  /** Whether it is mirrored. */
  flip: boolean
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

/** How colours are changed, in the order jitter, blur, solarisation; null leaves that change out. */
export interface Look {
  /** Drops colour, before the jitter unless `isJitterFirst`. */
  grayscale: boolean
  jitter: ColourJitter | null
  isJitterFirst: boolean
  /** Standard deviation in pixels. */
  blurSigma: number | null
  /** Inverts values of 0.5 and more: x becomes 1 - x. */
  isSolarised: boolean
}

/** Crop, flip and colours of one frame. */
export interface FrameDraw extends Cut {
  look: Look
}

/** What replaces the background of a clip. */
export type Background =
  /** The clip of another slot of the batch, which the plan of the step names. */
  | { kind: 'inter' }
  /** Another clip of the same video. */
  | ({ kind: 'intra'; indices: number[] } & Cut)
  /** One frame of that other slot's clip in all frames, by its position in the clip. */
  | { kind: 'static'; frame: number }
  /** Black. */
  | { kind: 'none' }

/** One frame of the clip that is mixed into all: x_t becomes (1 - λ) x_t + λ x_frame. */
export interface FrameMix {
  /** Position in the clip, 0 to T - 1. */
  frame: number
  /** λ in [0, 1]. */
  lambda: number
}

/** How a clip is shown where a method asks something about it. */
export interface ClipForm {
  /** Distance between two frames of the clip, in frames of the video; it may be a fraction. */
  stride: number
  /** [T] which frame of the clip is shown at each place, applied after merging; null as they are. */
  order: readonly number[] | null
  /** Quarter turns anticlockwise, 0 to 3, applied after merging. */
  turn: number
  /** What the method asks: the number of what was drawn; null where it asks nothing. */
  answer: number | null
}

/**
 * One clip of a video, as data: what is drawn of it before any frame is decoded. It follows from the
 * seeds of the video's clips, the size of the video, and the run's settings.
 */
export interface ViewSpec extends FrameDraw, ClipForm {
  /** Colours, or the optical flow of each frame to the next in their place. */
  modality: 'rgb' | 'flow'
  /** [T] frame indices in time, modulo the video's length; the first is the clip's start. */
  indices: number[]
  /** Whether the first draw fell on a rejected window. */
  isRedrawn: boolean
  /** [T] what each frame has in place of the clip's own cut and look; null where all have the same. */
  perFrame: readonly FrameDraw[] | null
  /** What replaces its background; null where it keeps its own. */
  background: Background | null
  /** The last change of all, after the colours, by places as shown; null where no frame is mixed in. */
  mix: FrameMix | null
}

/** [T] frames of the video in the order in which the clip shows them. */
export function shownFrames({ indices, order }: Pick<ViewSpec, 'indices' | 'order'>): number[] {
  return order === null ? [...indices] : order.map((place) => indices[place])
}

/** Whether two clips or frames are cut alike. */
export function isSameCut(a: Cut, b: Cut): boolean {
  const sides = ['top', 'left', 'height', 'width'] as const
  return a.flip === b.flip && sides.every((side) => a.box[side] === b.box[side])
}
