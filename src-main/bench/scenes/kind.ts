import type { Rng } from '#shared/random/rng.ts'
import type { Picture } from './picture.ts'
import type { SceneSpec } from './scene-spec.ts'

/** Real pictures that scenes take as backgrounds and cut things out of. */
export type Photos = readonly Picture[]

/** A kind of scene: clips of it differ by their seed. */
export interface SceneKind {
  name: string
  about: string
  /** Whether something moves that is not the camera, light or noise. */
  hasObject: boolean
  make: (rng: Rng, photos: Photos) => SceneSpec
}
