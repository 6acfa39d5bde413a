import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { motions, sampleClasses } from './motions.ts'

/** Frames of a sample video: 64 of 128x96 pixels, at 25 frames a second. */
export const sampleGeometry = { width: 128, height: 96, frames: 64, fps: 25 } as const

export type SampleSplit = 'train' | 'test'

/** Everything that makes one sample video; drawing it takes no further chance but the pixel noise. */
export interface Scene {
  className: string
  /** Frames in one period of the motion. */
  period: number
  phase: number
  sign: number
  centre: { x: number; y: number }
  object: { radius: number; angle: number; hue: number; value: number }
  /** Family 0..7 fixes tint and orientation. */
  background: { family: number; phase: number; wavelength: number }
  noiseSeed: number
  /** Of the hard set alone. */
  hard?: HardScene
}

/** What makes a foreground hard to find: a camera that follows the object, and an object like the ground. */
export interface HardScene {
  camera: {
    /** Pixels a frame. */
    speedX: number
    speedY: number
    /** Pixels to and fro, and frames in one period of it. */
    sway: number
    swayPeriod: number
    swayPhase: number
    /** Radians a frame, around the middle. */
    turn: number
  }
  /** A grating as the ground has one, in a tint of its own. */
  texture: { family: number; angle: number; wavelength: number; phase: number }
}

/** `plain`: bright objects before a still camera. `hard`: see `HardScene`. */
export type SampleKind = 'plain' | 'hard'

/** Which video of the set. */
export interface ScenePlace {
  split: SampleSplit
  /** Index into `sampleClasses`. */
  classIndex: number
  /** Number of the video within its class and split. */
  clip: number
  clipsInSplit: number
}

/** In training the background's family is the class's own this often. */
const BIAS = 0.9
/** Hues and shades are the same for all classes, so that they tell neither class nor video. */
const HUES = [0.02, 0.33, 0.62]
const VALUES = [0.75, 0.95]

/**
 * Draws the scene of one video. Every tenth training video of a class, by place in a seeded order,
 * has another class's background, and test videos have any, independently of the class. The hard
 * scene of a place is the plain one with more to it.
 */
export function drawScene(seed: number, place: ScenePlace, kind: SampleKind = 'plain'): Scene {
  const { split, classIndex, clip, clipsInSplit } = place
  const rng = new Rng(deriveSeed(seed, split === 'train' ? 1 : 2, classIndex, clip))
  const { width, height } = sampleGeometry
  return {
    className: sampleClasses[classIndex],
    period: 26 / rng.uniform(0.8, 1.25),
    phase: rng.uniform(0, 2 * Math.PI),
    sign: rng.chance(0.5) ? 1 : -1,
    centre: { x: width / 2 + rng.uniform(-8, 8), y: height / 2 + rng.uniform(-4, 4) },
    object: {
      radius: rng.uniform(17, 25),
      angle: rng.uniform(0, 2 * Math.PI),
      hue: HUES[rng.int(HUES.length)] + rng.uniform(-0.01, 0.01),
      value: VALUES[rng.int(VALUES.length)],
    },
    background: {
      family: backgroundFamily(seed, split, classIndex, clip, clipsInSplit),
      phase: rng.uniform(0, 2 * Math.PI),
      wavelength: rng.uniform(10, 16),
    },
    noiseSeed: rng.uint32(),
    ...(kind === 'hard' && { hard: drawHard(seed, place) }),
  }
}

/** Its own draws, so that they change nothing of the plain scene. */
function drawHard(seed: number, { split, classIndex, clip }: ScenePlace): HardScene {
  const rng = new Rng(deriveSeed(seed, split === 'train' ? 5 : 6, classIndex, clip))
  const direction = rng.uniform(0, 2 * Math.PI)
  const speed = rng.uniform(0.4, 1.2)
  return {
    camera: {
      speedX: speed * Math.cos(direction),
      speedY: speed * Math.sin(direction),
      sway: rng.uniform(0, 3),
      swayPeriod: rng.uniform(20, 50),
      swayPhase: rng.uniform(0, 2 * Math.PI),
      turn: rng.uniform(-0.004, 0.004),
    },
    texture: {
      family: rng.int(sampleClasses.length),
      angle: rng.uniform(0, Math.PI),
      wavelength: rng.uniform(7, 12),
      phase: rng.uniform(0, 2 * Math.PI),
    },
  }
}

/**
 * The families of one class's videos are dealt from a shuffled deck, not drawn one by one: so the
 * shares hold exactly in a set this small. Test decks hold each family equally often.
 */
function backgroundFamily(
  seed: number,
  split: SampleSplit,
  classIndex: number,
  clip: number,
  clipsInSplit: number,
): number {
  const families = sampleClasses.length
  const rng = new Rng(deriveSeed(seed, split === 'train' ? 3 : 4, classIndex))
  const place = rng.permutation(clipsInSplit)[clip]
  if (split === 'test') return (place + classIndex * clipsInSplit) % families
  if (place < Math.round(BIAS * clipsInSplit)) return classIndex
  return (classIndex + 1 + rng.int(families - 1)) % families
}

/** The pose of the object at frame t. */
export function poseAt(
  scene: Scene,
  t: number,
): { x: number; y: number; angle: number; scale: number } {
  const u = scene.phase + (2 * Math.PI * t) / scene.period
  const { dx, dy, angle, scale } = motions[scene.className](u, scene.sign)
  return {
    x: scene.centre.x + dx,
    y: scene.centre.y + dy,
    angle: angle + scene.object.angle,
    scale,
  }
}
