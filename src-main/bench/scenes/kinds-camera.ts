import type { SceneKind } from './kind.ts'
import { flat } from './picture.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { SceneSpec, Thing } from './scene-spec.ts'
import {
  along,
  background,
  coloured,
  pan,
  reddish,
  shake,
  square,
  straight,
  type Path,
} from './things.ts'

/** Squares before a strong coloured texture: sides in pixels, and how far each moves. */
function squares(
  rng: Rng,
  sizes: readonly { side: number; moves: number; off?: number }[],
): Thing[] {
  return sizes.map(({ side, moves, off }) => ({
    covers: square(side),
    paint: reddish(rng),
    pose: straight(rng, moves, off),
  }))
}

function textured(
  rng: Rng,
  things: Thing[],
  { camera, noise = 1 }: { camera?: Path; noise?: number } = {},
): SceneSpec {
  return { planes: background(coloured(rng)), things, camera, noise }
}

/** Two squares whose paths lie apart. */
function pair(rng: Rng): Thing[] {
  return [-1, 1].map((way) => {
    const path = straight(rng, 22, 4)
    const shift = { x: way * 24, y: way * 18 }
    return { covers: square(26), paint: reddish(rng), pose: along(path, () => shift) }
  })
}

/** Squares before textures and plain grounds, with a camera that rests, pans, shakes or zooms. */
export const cameraKinds: readonly SceneKind[] = [
  {
    name: 'still',
    about: 'a square of 30 px, camera at rest',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 30, moves: 36 }])),
  },
  {
    name: 'pan',
    about: 'the same, the camera pans by 1.5 px a frame',
    hasObject: true,
    make: (rng) => {
      const camera = pan(rng, 1.5)
      return textured(rng, squares(rng, [{ side: 30, moves: 30 }]), { camera })
    },
  },
  {
    name: 'shake',
    about: 'the same, the camera shakes by 2 px',
    hasObject: true,
    make: (rng) => {
      const camera = shake(rng, 2)
      return textured(rng, squares(rng, [{ side: 30, moves: 36 }]), { camera })
    },
  },
  {
    name: 'zoom',
    about: 'the same, the camera zooms by 1.5 % a frame',
    hasObject: true,
    make: (rng) => {
      const camera: Path = (t) => ({ x: 0, y: 0, scale: 1.015 ** (t - 7.5) })
      return textured(rng, squares(rng, [{ side: 30, moves: 36 }]), { camera })
    },
  },
  {
    name: 'two',
    about: 'two squares of 26 px',
    hasObject: true,
    make: (rng) => textured(rng, pair(rng)),
  },
  {
    name: 'two-pan',
    about: 'two squares of 26 px, the camera pans by 1.5 px a frame',
    hasObject: true,
    make: (rng) => textured(rng, pair(rng), { camera: pan(rng, 1.5) }),
  },
  {
    name: 'small-fast',
    about: 'a square of 14 px that moves by 6 px a frame',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 14, moves: 88, off: 3 }])),
  },
  {
    name: 'noisy',
    about: 'a square of 30 px, noise of 4 of 255',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 30, moves: 36 }]), { noise: 4 }),
  },
  {
    name: 'large',
    about: 'a square of 70 px that moves by 22 px in all',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 70, moves: 22, off: 4 }])),
  },
  {
    name: 'large-pan',
    about: 'the same, the camera pans by 1.5 px a frame',
    hasObject: true,
    make: (rng) => {
      const camera = pan(rng, 1.5)
      // It keeps near the middle of the frame.
      const [thing] = squares(rng, [{ side: 70, moves: 22, off: 4 }])
      return textured(rng, [{ ...thing, pose: along(thing.pose as Path, camera) }], { camera })
    },
  },
  {
    name: 'huge',
    about: 'a square of 92 px that moves by 14 px in all',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 92, moves: 14, off: 3 }])),
  },
  {
    name: 'tiny',
    about: 'a square of 8 px that moves by 2.6 px a frame',
    hasObject: true,
    make: (rng) => textured(rng, squares(rng, [{ side: 8, moves: 39 }])),
  },
  {
    name: 'followed',
    about: 'the camera pans by 5 px a frame with a square of 30 px',
    hasObject: true,
    make: (rng) => {
      const camera = pan(rng, 5)
      const [thing] = squares(rng, [{ side: 30, moves: 15 }])
      return textured(rng, [{ ...thing, pose: along(thing.pose as Path, camera) }], { camera })
    },
  },
  {
    name: 'plain-pan',
    about: 'a square of 30 px before a plain ground with a few marks, the camera pans',
    hasObject: true,
    make: (rng) => {
      const marks = coloured(rng, 30, 3)
      const grey = rng.uniform(90, 170)
      const plain = flat(grey, grey, grey)
      return {
        planes: [
          { paint: plain },
          {
            paint: marks,
            covers: (x, y) =>
              Math.abs(((x + 200) % 48) - 24) < 3 && Math.abs(((y + 200) % 48) - 24) < 3,
          },
        ],
        things: squares(rng, [{ side: 30, moves: 30 }]),
        camera: pan(rng, 1.5),
        noise: 1,
      }
    },
  },
]
