import type { Paint } from './picture.ts'

/** Where a thing is, or where the camera looks: position in pixels, turn in radians, enlargement. */
export interface Pose {
  x: number
  y: number
  angle?: number
  scale?: number
}

/** Where a camera looks from one place: radians to the right and down. */
export interface View extends Pose {
  yaw?: number
  pitch?: number
}

/** Distance in pixels of the picture plane of a camera that turns: 112 pixels are 62 degrees. */
export const FOCAL = 93

/** A thing in front of the background. */
export interface Thing {
  /** Whether it covers a place in its own coordinates, whose origin is its middle. */
  covers: (x: number, y: number) => boolean
  paint: Paint
  /** In the world's coordinates; null where it is not there. */
  pose: (t: number) => Pose | null
  /** Darkens the background beside it to this share: where it is, moved by so many pixels. */
  shadow?: { x: number; y: number; share: number }
}

/** A plane of the background; the first has no holes. */
export interface Plane {
  paint: Paint
  covers?: (x: number, y: number) => boolean
  /** How far it moves when the camera does: 1 as the things do. */
  nearness?: number
}

/** A clip to be rendered. The world's origin is in the middle of the frame while the camera rests. */
export interface SceneSpec {
  planes: readonly Plane[]
  /** The later ones are in front. */
  things: readonly Thing[]
  camera?: (t: number) => View
  /** What all colours are multiplied by. */
  light?: (t: number) => number
  /** Standard deviation of the sensor's noise, of 255. */
  noise: number
  /** Quantiser of MPEG-4, 1..31, with which the clip is encoded and decoded. */
  quantiser?: number
}

/** Frames and pixels of every clip. */
export const SCENE_SHAPE = { frames: 16, side: 112 } as const
