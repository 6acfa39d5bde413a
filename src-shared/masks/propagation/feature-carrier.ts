import { gridLabels, objectShare, softObject } from '../../tracking/label-maps.ts'
import {
  LabelPropagation,
  type Grid,
  type PropagationProtocol,
  type Similarity,
} from '../../tracking/label-propagation.ts'
import { agreementOf } from './agreement.ts'
import type { CarriedFrame, CarrierFrame } from './flow-carrier.ts'
import { refineMask } from './refine.ts'

/** Share of a pixel's labels above which it is surely of one side. */
const SURE = 0.8

export interface FeatureCarrierOptions {
  /** Of the features. */
  grid: Grid
  /** Of the video, whose masks go in. */
  video: { width: number; height: number }
  protocol: PropagationProtocol
  similarity?: Similarity
}

/**
 * Carries a mask from frame to frame by the features of any network, in either direction of time: by
 * label propagation with the object and its background as labels, and colours and edges of the picture
 * where labels are not sure.
 */
export class FeatureCarrier {
  private readonly options: FeatureCarrierOptions
  private labels: LabelPropagation
  /** Of the last frame. */
  private features: Float32Array

  /**
   * @param features of the first frame, [h*w, C], each cell of length 1
   * @param mask of the first frame at the video's size, [H, W] u8
   */
  constructor(features: Float32Array, mask: Uint8Array, options: FeatureCarrierOptions) {
    this.options = options
    this.features = features
    this.labels = this.startFrom(mask)
  }

  /** The mask of the next frame, at the size of its picture. */
  next(features: Float32Array, picture: CarrierFrame): CarriedFrame {
    const shares = this.labels.next(features)
    this.features = features
    const maps = { size: picture, grid: this.options.grid }
    const soft = softObject(shares, maps)
    const sure = surePixels(objectShare(shares, maps))
    const refined = refineMask({ soft, sure }, picture)
    return { soft: refined, agreement: agreementOf(refined, sure) }
  }

  /**
   * Goes on from a mask that somebody drew on the last frame, as from a first one: what was carried
   * before may contradict it.
   * @param mask as the first
   */
  correct(mask: Uint8Array): void {
    this.labels = this.startFrom(mask)
  }

  private startFrom(mask: Uint8Array): LabelPropagation {
    const { grid, video, protocol, similarity } = this.options
    const labels = gridLabels(mask, { size: video, grid, count: 2 })
    const first = { features: this.features, labels }
    return new LabelPropagation(first, { grid, labels: 2, protocol, similarity })
  }
}

function surePixels(shares: ArrayLike<number>): Uint8Array {
  const sure = new Uint8Array(shares.length)
  for (let i = 0; i < shares.length; i++)
    sure[i] = Number(Math.max(shares[i], 1 - shares[i]) > SURE)
  return sure
}
