import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { diagonal } from './diagonal.ts'
import { exclude } from './exclude.ts'
import { hitsAmong } from './hits.ts'

export interface FirstToSecond {
  /** Share of first clips whose second clip is the most similar one of all second clips, scalar. */
  accuracy: Tensor
  /** Mean entropy of the softmax over the second clips, in nats, scalar; log N where it is uniform. */
  entropy: Tensor
}

/**
 * How well the second clips of a batch are told apart by the first ones: by the similarities of first to
 * second clips alone, as the authors of Qian et al. (CVPR 2021) log it. Nothing is recorded.
 * @param z embeddings at unit length, [2N, D]: the first clips of N videos, then the second ones
 */
export function firstToSecond(engine: Engine, z: Tensor, temperature: number): FirstToSecond {
  const [clips] = z.shape // 2N
  const videos = clips / 2
  const [first, second] = raw.split(engine, z, [videos, videos], 0) // [N, D]
  const similarity = raw.matmul(engine, first, second, { b: true }) // [N, N]
  const logits = raw.scale(engine, similarity, 1 / temperature)
  const type = attribute.type('T', z.dtype)
  const p = engine.op('Softmax', [logits], [type])
  const logP = engine.op('LogSoftmax', [logits], [type])
  const perClip = raw.sum(engine, raw.multiply(engine, p, logP), [1]) // [N]
  const positive = raw.sum(engine, raw.multiply(engine, first, second), [1], true) // [N, 1]
  const others = exclude(engine, similarity, diagonal(engine, videos))
  const { hits } = hitsAmong(engine, positive, others)
  return {
    accuracy: raw.mean(engine, hits, [0]),
    entropy: raw.scale(engine, raw.mean(engine, perClip, [0]), -1),
  }
}
