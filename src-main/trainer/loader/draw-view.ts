import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import type { ListedWindow } from '../process/messages.ts'
import { drawAllowedClip } from './allowed-clip.ts'
import { drawLook, drawCut } from './transforms/augment.ts'

/** Tells the draw of a clip's look from that of its place. */
const LOOK = 1

/** What a view depends on of its video. */
export interface DrawnVideo {
  /** Frames. */
  length: number
  width: number
  height: number
  /** Corrected, approved and rejected clips. */
  windows?: readonly ListedWindow[]
}

/**
 * Draws one clip of a video.
 * @param view its place among the views of the run's method
 * @param seed of this clip: where it starts, how it is cut, and how its colours change
 * @throws VideoError for a video of fewer than 2 frames; Error where every start is rejected
 */
export function drawView(
  config: PretrainConfig,
  view: number,
  seed: number,
  video: DrawnVideo,
): ViewSpec {
  const rng = new Rng(seed)
  return {
    ...drawAllowedClip(rng, video.length, config, video.windows),
    ...drawCut(rng, video, config),
    isMerged: isMerged(config, view),
    look: drawLook(new Rng(deriveSeed(seed, LOOK)), config),
  }
}

/** Whether the clips of a view have their background replaced. */
export function isMerged({ merge }: Pick<PretrainConfig, 'merge'>, view: number): boolean {
  return merge === 'both' || (merge === 'query' && view === 0)
}
