import type { Rng } from '#shared/random/rng.ts'
import type { Photos, SceneKind } from './kind.ts'
import { paintOf, type Paint } from './picture.ts'
import type { SceneSpec, Thing } from './scene-spec.ts'
import {
  along,
  background,
  blob,
  coloured,
  pan,
  reddish,
  square,
  straight,
  type Path,
} from './things.ts'

function photo(photos: Photos, rng: Rng): { ground: Paint; other: Paint } {
  const which = rng.int(photos.length)
  const other = photos[(which + 1 + rng.int(photos.length - 1)) % photos.length]
  const shift = { x: rng.uniform(-50, 50), y: rng.uniform(-25, 25) }
  const ground = paintOf(photos[which])
  return {
    ground: (x, y, t, out) => ground(x + shift.x, y + shift.y, t, out),
    other: paintOf(other),
  }
}

/** A blob cut out of one real picture before another. */
function cutOut(photos: Photos, rng: Rng, camera?: Path): SceneSpec {
  const { ground, other } = photo(photos, rng)
  const pose = straight(rng, camera ? 30 : 40)
  const thing: Thing = { covers: blob(rng, 18), paint: other, pose }
  return { planes: background(ground), things: [thing], camera, noise: 2 }
}

/** A body, and an arm that swings about its end. */
function articulated(rng: Rng): Thing[] {
  const body = straight(rng, 22, 4)
  const swing = (t: number): number => 1.1 * Math.sin((2 * Math.PI * t) / 14 + 0.5)
  const arm: Path = (t) => {
    const { x, y } = body(t)
    const angle = swing(t)
    return { x: x + 10 + 14 * Math.cos(angle), y: y - 6 + 14 * Math.sin(angle), angle }
  }
  return [
    { covers: (x, y) => Math.hypot(x / 11, y / 17) <= 1, paint: reddish(rng), pose: body },
    {
      covers: (x, y) => Math.abs(x) <= 15 && Math.abs(y) <= 4,
      paint: coloured(rng, 40),
      pose: arm,
    },
  ]
}

function moving(rng: Rng, things: Thing[], camera?: Path): SceneSpec {
  return { planes: background(coloured(rng, 45)), things, camera, noise: 1 }
}

/** How things and cameras move that do not just go straight on, and real pictures. */
export const motionKinds: readonly SceneKind[] = [
  {
    name: 'articulated',
    about: 'a body with an arm that swings',
    hasObject: true,
    make: (rng) => moving(rng, articulated(rng)),
  },
  {
    name: 'stops',
    about: 'a blob that stops half-way through the clip',
    hasObject: true,
    make: (rng) => {
      const path = straight(rng, 60, 4)
      const thing = {
        covers: blob(rng, 15),
        paint: reddish(rng),
        pose: (t: number) => path(Math.min(t, 7)),
      }
      return moving(rng, [thing])
    },
  },
  {
    name: 'enters-leaves',
    about: 'a blob that comes in at one side and leaves at the other',
    hasObject: true,
    make: (rng) =>
      moving(rng, [{ covers: blob(rng, 14), paint: reddish(rng), pose: straight(rng, 150) }]),
  },
  {
    name: 'rotation',
    about: 'the camera turns by a degree a frame',
    hasObject: true,
    make: (rng) => {
      const camera: Path = (t) => ({ x: 0, y: 0, angle: (Math.PI / 180) * (t - 7.5) })
      return moving(
        rng,
        [{ covers: square(28), paint: reddish(rng), pose: straight(rng, 36) }],
        camera,
      )
    },
  },
  {
    name: 'parallax',
    about: 'the camera pans before two planes of different depth',
    hasObject: true,
    make: (rng) => {
      const [far, near] = [coloured(rng, 45), coloured(rng, 45)]
      const pose = straight(rng, 40)
      return {
        planes: [
          { paint: far, nearness: 0.6 },
          { paint: near, covers: (_, y) => y > 20 },
        ],
        things: [{ covers: blob(rng, 16), paint: reddish(rng), pose }],
        camera: pan(rng, 1.5),
        noise: 1,
      }
    },
  },
  {
    name: 'photo',
    about: 'a cut-out of one real picture before another',
    hasObject: true,
    make: (rng, photos) => cutOut(photos, rng),
  },
  {
    name: 'photo-pan',
    about: 'the same, the camera pans by 1.5 px a frame',
    hasObject: true,
    make: (rng, photos) => cutOut(photos, rng, pan(rng, 1.5)),
  },
  {
    name: 'photo-grows',
    about: 'a cut-out that moves and grows before a real picture',
    hasObject: true,
    make: (rng, photos) => {
      const spec = cutOut(photos, rng)
      const growing: Path = (t) => ({ x: 0, y: 0, scale: 0.75 + t / 30 })
      const [thing] = spec.things
      return { ...spec, things: [{ ...thing, pose: along(thing.pose as Path, growing) }] }
    },
  },
]

/** A camera that turns to one side and up or down, evenly; it looks straight ahead half-way. */
function turning(rng: Rng, degrees: number): NonNullable<SceneSpec['camera']> {
  const way = rng.uniform(0, 2 * Math.PI)
  const step = (Math.PI / 180) * degrees
  return (t) => ({
    x: 0,
    y: 0,
    yaw: (t - 7.5) * step * Math.cos(way),
    pitch: (t - 7.5) * step * Math.sin(way),
  })
}

/** Kinds that came after the halves were drawn. */
export const turnedKinds: readonly SceneKind[] = [
  {
    name: 'turns',
    about: 'the camera turns sideways by 0.6 degrees a frame: a homography',
    hasObject: true,
    make: (rng) => {
      const things = [{ covers: square(28), paint: reddish(rng), pose: straight(rng, 36) }]
      return { ...moving(rng, things), camera: turning(rng, 0.6) }
    },
  },
  {
    name: 'photo-turns',
    about: 'a cut-out before a real picture, the camera turns sideways by 0.6 degrees a frame',
    hasObject: true,
    make: (rng, photos) => ({ ...cutOut(photos, rng), camera: turning(rng, 0.6) }),
  },
]

/** Scenes in which nothing moves by itself. */
export const emptyKinds: readonly SceneKind[] = [
  {
    name: 'nothing',
    about: 'nothing moves, no noise',
    hasObject: false,
    make: (rng) => ({ ...moving(rng, []), noise: 0 }),
  },
  {
    name: 'nothing-noisy',
    about: 'nothing moves, noise of 4 of 255',
    hasObject: false,
    make: (rng) => ({ ...moving(rng, []), noise: 4 }),
  },
  {
    name: 'nothing-pan',
    about: 'the camera alone pans',
    hasObject: false,
    make: (rng) => moving(rng, [], pan(rng, 1.5)),
  },
  {
    name: 'nothing-flicker',
    about: 'the light alone changes',
    hasObject: false,
    make: (rng) => {
      const gains = Array.from({ length: 16 }, () => 1 + 0.05 * rng.normal())
      return { ...moving(rng, []), light: (t) => gains[t] }
    },
  },
  {
    name: 'nothing-compressed',
    about: 'nothing moves in a noisy clip encoded by MPEG-4 at a low rate',
    hasObject: false,
    make: (rng, photos) => ({
      planes: background(photo(photos, rng).ground),
      things: [],
      noise: 3,
      quantiser: 12,
    }),
  },
  {
    name: 'nothing-photo-pan',
    about: 'the camera alone pans over a real picture',
    hasObject: false,
    make: (rng, photos) => ({
      planes: background(photo(photos, rng).ground),
      things: [],
      camera: pan(rng, 1.5),
      noise: 2,
    }),
  },
]
