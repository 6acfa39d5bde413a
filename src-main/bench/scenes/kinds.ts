import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { SceneKind } from './kind.ts'
import { cameraKinds } from './kinds-camera.ts'
import { lookKinds } from './kinds-looks.ts'
import { emptyKinds, motionKinds, turnedKinds } from './kinds-motion.ts'

const firstKinds = [...cameraKinds, ...lookKinds, ...motionKinds, ...emptyKinds]

export const sceneKinds: readonly SceneKind[] = [...firstKinds, ...turnedKinds]

/** Methods are made on the kinds for development, and judged on those held out. */
export type SceneHalf = 'development' | 'held-out'

/** The draw of the held-out half. It was made once, before any method was tried on a scene. */
const DRAW = 15

/**
 * Half of the kinds with an object and half of those without, by a seeded draw; those that came later
 * by a draw of their own, so that the halves stay as they were.
 */
export const halves: ReadonlyMap<string, SceneHalf> = new Map(
  [
    firstKinds.filter(({ hasObject }) => !hasObject),
    firstKinds.filter(({ hasObject }) => hasObject),
    turnedKinds,
  ].flatMap((kinds, draw) => {
    const order = new Rng(deriveSeed(DRAW, draw)).permutation(kinds.length)
    return kinds.map(({ name }, i): [string, SceneHalf] => [
      name,
      order[i] < kinds.length / 2 ? 'development' : 'held-out',
    ])
  }),
)
