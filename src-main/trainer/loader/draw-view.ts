import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Background, FrameMix, ViewSpec } from '#shared/views/view-spec.ts'
import type { ListedWindow } from '../process/messages.ts'
import { drawAllowedClip } from './allowed-clip.ts'
import { drawTogether } from './draw-together.ts'
import { drawCut, drawLook } from './transforms/draw-augmentation.ts'

/** Tell the draws of a clip from that of its place: each has a stream of its own. */
const Stream = { look: 1, background: 2, mix: 3, frame: 4 } as const

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
 * Draws all clips of a video. With independent starts each follows from its own seed alone; else the
 * starts are drawn together from the first seed, and everything else stays as it would be.
 * @param seeds one a clip, in the order of the views of the run's method
 * @throws VideoError for a video of fewer than 2 frames; Error where every start is rejected
 */
export function drawViews(
  config: PretrainConfig,
  seeds: readonly number[],
  video: DrawnVideo,
): ViewSpec[] {
  const views = seeds.map((seed, view) => drawView(config, view, seed, video))
  if (config.interval === 'independent' || views.length < 2) return views
  const clips = drawTogether(config, config.interval, seeds, video)
  return views.map((view, i) => ({ ...view, ...clips[i] }))
}

/**
 * Draws one clip of a video by itself.
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
    look: drawLook(new Rng(deriveSeed(seed, Stream.look)), config, view),
    perFrame: config.consistent ? null : drawFrames(config, view, seed, video),
    background: isMerged(config, view) ? drawBackground(config, seed, video) : null,
    mix: view === 0 ? drawMix(config, seed) : null,
  }
}

/** Whether the clips of a view have their background replaced. */
export function isMerged({ merge }: Pick<PretrainConfig, 'merge'>, view: number): boolean {
  return merge === 'both' || (merge === 'query' && view === 0)
}

/** Crop, flip and colours of each frame by itself. */
function drawFrames(
  config: PretrainConfig,
  view: number,
  seed: number,
  video: DrawnVideo,
): ViewSpec['perFrame'] {
  return Array.from({ length: config.frames }, (_, t) => {
    const rng = new Rng(deriveSeed(seed, Stream.frame, t))
    return { ...drawCut(rng, video, config), look: drawLook(rng, config, view) }
  })
}

function drawBackground(config: PretrainConfig, seed: number, video: DrawnVideo): Background {
  const kind = config.background
  if (kind === 'inter' || kind === 'none') return { kind }
  const rng = new Rng(deriveSeed(seed, Stream.background))
  if (kind === 'static') return { kind, frame: rng.int(config.frames) }
  const { indices } = drawAllowedClip(rng, video.length, config, video.windows)
  return { kind, indices, ...drawCut(rng, video, config) }
}

/** λ = frameMix * U(0, 1) and one frame of the clip (Wang et al., CVPR 2021, section 3.1). */
function drawMix({ frameMix, frames }: PretrainConfig, seed: number): FrameMix | null {
  if (frameMix === 0) return null
  const rng = new Rng(deriveSeed(seed, Stream.mix))
  return { frame: rng.int(frames), lambda: frameMix * rng.uniform() }
}
