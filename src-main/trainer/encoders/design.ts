import type { Blueprint, Layer } from '../networks/blueprint.ts'

/** The two parts of a transformer's trunk. */
export interface TokenLayers {
  /** Numbers of a token, C. */
  width: number
  /** Clips [B, T, H, W, 3] -> tokens in their places, [B, T', H', W', C], with their positions. */
  embed: Layer
  /** Any number of them, [B, N, C] -> [B, N, C]. */
  blocks: Layer
  /** Layers from a parameter, by its name, to what follows the encoder: 0 for those after the blocks. */
  above: (name: string) => number
}

/** What turns clips into maps, [B, T, H, W, 3] -> [B, T', H', W', C], and maps into features. */
export interface Trunk extends Layer {
  /** What follows the mean over the map, [B, C] -> [B, C]; left out where nothing does. */
  pooled?: Layer
  /** Left out by networks without tokens. */
  tokens?: TokenLayers
}

/** How an encoder is built; what it is called and how large it is stands in its descriptor. */
export interface EncoderDesign {
  declare: (blueprint: Blueprint) => Trunk
  /** Names of the two linear layers of the projection head in the reference's model. */
  headNames: readonly [string, string]
  /** Whether the reference starts the head's last layer as the classifier that it replaces. */
  startsHeadAsClassifier: boolean
}
