import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Views } from './learner.ts'

/** The views of a batch as tensors, [B, T, H, W, 3] each. */
export function clipsOf(
  engine: Engine,
  { frames, size }: Pick<PretrainConfig, 'frames' | 'size'>,
  views: Views,
): Tensor[] {
  const length = frames * size * size * 3
  return views.map((view) => engine.tensor(view, [view.length / length, frames, size, size, 3]))
}
