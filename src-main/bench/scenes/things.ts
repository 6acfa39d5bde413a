import type { Rng } from '#shared/random/rng.ts'
import { paintOf, texture, type Paint } from './picture.ts'
import { SCENE_SHAPE, type Plane, type Pose, type Thing } from './scene-spec.ts'

const LAST = SCENE_SHAPE.frames - 1

export type Path = (t: number) => Pose

/** A reddish paint with a weak texture of its own. */
export function reddish(rng: Rng, contrast = 14): Paint {
  const colour = [rng.uniform(165, 215), rng.uniform(40, 75), rng.uniform(35, 70)] as const
  return paintOf(texture(rng, { colour, contrast, grain: 3, grey: true }))
}

/** A strong coloured texture, as backgrounds have. */
export function coloured(rng: Rng, contrast = 60, grain = 3): Paint {
  return paintOf(texture(rng, { colour: [128, 128, 128], contrast, grain }))
}

export function background(paint: Paint): Plane[] {
  return [{ paint }]
}

export function square(side: number): Thing['covers'] {
  return (x, y) => Math.abs(x) <= side / 2 && Math.abs(y) <= side / 2
}

/** A closed smooth outline about the origin, its radius between 0.7 and 1.3 of the mean. */
export function blob(rng: Rng, radius: number): Thing['covers'] {
  const waves = [2, 3, 5].map((turns) => ({
    turns,
    height: rng.uniform(0.03, 0.1),
    phase: rng.uniform(0, 2 * Math.PI),
  }))
  return (x, y) => {
    const angle = Math.atan2(y, x)
    const factor = waves.reduce(
      (sum, { turns, height, phase }) => sum + height * Math.cos(turns * angle + phase),
      1,
    )
    return x * x + y * y <= (radius * factor) ** 2
  }
}

/** An even straight path of a length in pixels through a place near the middle. */
export function straight(rng: Rng, length: number, off = 8): Path {
  const angle = rng.uniform(0, 2 * Math.PI)
  const middle = { x: rng.uniform(-off, off), y: rng.uniform(-off, off) }
  return (t) => ({
    x: middle.x + (t / LAST - 0.5) * length * Math.cos(angle),
    y: middle.y + (t / LAST - 0.5) * length * Math.sin(angle),
  })
}

/** An even pan, in pixels a frame; the camera looks at the middle half-way. */
export function pan(rng: Rng, speed: number): Path {
  const angle = rng.uniform(0, 2 * Math.PI)
  return (t) => ({
    x: (t - LAST / 2) * speed * Math.cos(angle),
    y: (t - LAST / 2) * speed * Math.sin(angle),
  })
}

/** The sum of two paths. */
export function along(a: Path, b: Path): Path {
  return (t) => {
    const [p, q] = [a(t), b(t)]
    return { ...p, ...q, x: p.x + q.x, y: p.y + q.y }
  }
}

/** A hand-held camera: each frame looks up to so many pixels away from the middle. */
export function shake(rng: Rng, reach: number): Path {
  const places = Array.from({ length: SCENE_SHAPE.frames }, () => ({
    x: rng.uniform(-reach, reach),
    y: rng.uniform(-reach, reach),
  }))
  return (t) => places[t]
}
