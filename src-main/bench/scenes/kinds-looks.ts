import type { SceneKind } from './kind.ts'
import { flat, paintOf, texture, waving, type Paint } from './picture.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { SceneSpec, Thing } from './scene-spec.ts'
import { background, blob, coloured, reddish, square, straight } from './things.ts'

/** A square with a texture before a plain ground, with the noise of a sensor. */
function plainNoisy(rng: Rng, greys: readonly number[]): SceneSpec {
  const grey = greys[rng.int(greys.length)]
  const side = [24, 40][rng.int(2)]
  const thing: Thing = {
    covers: square(side),
    paint: coloured(rng, 45, 2.5),
    pose: (t) => ({ x: 3 * (t - 7.5), y: t - 7.5 }),
  }
  const noise = [1, 3][rng.int(2)]
  return { planes: background(flat(grey, grey, grey)), things: [thing], noise }
}

/** A blob before a texture that all of the following kinds change. */
function blobScene(rng: Rng, ground: Paint, thing: Partial<Thing> = {}): SceneSpec {
  const own: Thing = { covers: blob(rng, 16), paint: reddish(rng), pose: straight(rng, 36) }
  return { planes: background(ground), things: [{ ...own, ...thing }], noise: 2 }
}

function mild(rng: Rng): Paint {
  const colour = [rng.uniform(90, 150), rng.uniform(100, 150), rng.uniform(90, 150)] as const
  return paintOf(texture(rng, { colour, contrast: 25, grain: 3 }))
}

/** What makes a foreground hard to see: contrast, light, shadows, grounds that move. */
export const lookKinds: readonly SceneKind[] = [
  {
    name: 'plain-dark',
    about: 'a textured square before a plain dark ground, with noise',
    hasObject: true,
    make: (rng) => plainNoisy(rng, [2, 20]),
  },
  {
    name: 'plain-light',
    about: 'a textured square before a plain light ground, with noise',
    hasObject: true,
    make: (rng) => plainNoisy(rng, [110, 235]),
  },
  {
    name: 'low-contrast',
    about: 'a square in the mean colour of the texture behind it',
    hasObject: true,
    make: (rng) => {
      const paint = paintOf(texture(rng, { colour: [140, 120, 120], contrast: 8, grain: 3 }))
      const things = [{ covers: square(30), paint, pose: straight(rng, 36) }]
      return { planes: background(coloured(rng)), things, noise: 1 }
    },
  },
  {
    name: 'same-texture',
    about: 'a blob with the very texture of the ground',
    hasObject: true,
    make: (rng) => blobScene(rng, coloured(rng, 45), { paint: coloured(rng, 45) }),
  },
  {
    name: 'shadow',
    about: 'a blob that casts a shadow to one side',
    hasObject: true,
    make: (rng) => blobScene(rng, mild(rng), { shadow: { x: 9, y: 7, share: 0.62 } }),
  },
  {
    name: 'flicker',
    about: 'the light changes by 6 % from frame to frame',
    hasObject: true,
    make: (rng) => {
      const gains = Array.from({ length: 16 }, () => 1 + 0.06 * rng.normal())
      return { ...blobScene(rng, mild(rng)), light: (t) => gains[t] }
    },
  },
  {
    name: 'exposure',
    about: 'the exposure rises or falls by two thirds over the clip',
    hasObject: true,
    make: (rng) => {
      const way = rng.chance(0.5) ? 1 : -1
      return { ...blobScene(rng, mild(rng)), light: (t) => 1.66 ** (way * (t / 15 - 0.5)) }
    },
  },
  {
    name: 'water',
    about: 'the lower part of the ground waves',
    hasObject: true,
    make: (rng) => {
      const wave = { height: 1.6, period: rng.uniform(6, 10), length: 22 }
      return blobScene(
        rng,
        waving(mild(rng), wave, (_, y) => y > 4),
      )
    },
  },
  {
    name: 'tree',
    about: 'two round parts of the ground sway',
    hasObject: true,
    make: (rng) => {
      const wave = { height: 1.4, period: rng.uniform(9, 14), length: 40 }
      const crowns = [-30, 28].map((x) => ({ x, y: rng.uniform(-30, 0) }))
      const within = (x: number, y: number): boolean =>
        crowns.some((crown) => Math.hypot(x - crown.x, y - crown.y) < 22)
      return blobScene(rng, waving(coloured(rng, 35, 2.5), wave, within))
    },
  },
  {
    name: 'compressed',
    about: 'encoded by MPEG-4 at a low rate',
    hasObject: true,
    make: (rng) => ({ ...blobScene(rng, coloured(rng, 35)), quantiser: 16 }),
  },
]
