/**
 * The classes of the sample set: motions, and nothing else, tell them apart. None is the mirror
 * image of another, since horizontal flips are an augmentation; direction of turning is free
 * within a class.
 */

/** Where the object is relative to its centre of motion, at one moment. */
export interface Pose {
  /** Pixels. */
  dx: number
  dy: number
  /** Radians. */
  angle: number
  /** 1 is the object's own size. */
  scale: number
}

/** @param u phase of the motion in radians; 2 pi is one period. @param sign +1 or -1: direction of turning. */
type Motion = (u: number, sign: number) => Pose

const still: Pose = { dx: 0, dy: 0, angle: 0, scale: 1 }

/** Amplitudes keep a 30 px object inside 128x96 frames for every centre that `scene.ts` draws. */
export const motions: Readonly<Record<string, Motion>> = {
  Bounce: (u) => ({ ...still, dy: 14 - 34 * Math.abs(Math.sin(u / 2)) }),
  Circle: (u, sign) => ({ ...still, dx: 20 * Math.cos(u), dy: 20 * Math.sin(sign * u) }),
  FigureEight: (u, sign) => ({ ...still, dx: 28 * Math.sin(u), dy: sign * 15 * Math.sin(2 * u) }),
  HorizontalSwing: (u) => ({ ...still, dx: 30 * Math.sin(u) }),
  Pulse: (u) => ({ ...still, scale: 1 + 0.38 * Math.sin(u) }),
  Shake: (u, sign) => ({
    ...still,
    dx: 6 * Math.sin(4 * u),
    dy: sign * 5 * Math.sin(5 * u),
  }),
  Spin: (u, sign) => ({ ...still, angle: sign * u }),
  VerticalSwing: (u) => ({ ...still, dy: 20 * Math.sin(u) }),
}

/** Class names in the order of classInd.txt. */
export const sampleClasses: readonly string[] = Object.keys(motions)
