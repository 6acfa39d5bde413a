import type { Blueprint, Layer } from '../networks/blueprint.ts'

/** How an encoder is built; what it is called and how large it is stands in its descriptor. */
export interface EncoderDesign {
  /** Declares the trunk: clips [B, T, H, W, 3] -> [B, T', H', W', C]. */
  declare: (blueprint: Blueprint) => Layer
  /** Names of the two linear layers of the projection head in the reference's model. */
  headNames: readonly [string, string]
  /** Whether the reference starts the head's last layer as the classifier that it replaces. */
  startsHeadAsClassifier: boolean
}
