import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { SceneKind } from './kind.ts'
import { cameraKinds } from './kinds-camera.ts'
import { lookKinds } from './kinds-looks.ts'
import { emptyKinds, motionKinds } from './kinds-motion.ts'

export const sceneKinds: readonly SceneKind[] = [
  ...cameraKinds,
  ...lookKinds,
  ...motionKinds,
  ...emptyKinds,
]

/** Methods are made on the kinds for development, and judged on those held out. */
export type SceneHalf = 'development' | 'held-out'

/** The draw of the held-out half. It was made once, before any method was tried on a scene. */
const DRAW = 15

/** Half of the kinds with an object and half of those without, by a seeded draw. */
export const halves: ReadonlyMap<string, SceneHalf> = new Map(
  [true, false].flatMap((hasObject) => {
    const kinds = sceneKinds.filter((kind) => kind.hasObject === hasObject)
    const order = new Rng(deriveSeed(DRAW, Number(hasObject))).permutation(kinds.length)
    return kinds.map(({ name }, i): [string, SceneHalf] => [
      name,
      order[i] < kinds.length / 2 ? 'development' : 'held-out',
    ])
  }),
)
