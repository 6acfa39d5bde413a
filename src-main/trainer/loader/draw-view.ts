import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
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
  const roles = viewsOf(config)
  const isOwn = (view: number): boolean => roles.at(view)?.sameClipAs === undefined
  const own = drawOwnClips(
    config,
    seeds.flatMap((seed, view) => (isOwn(view) ? [{ seed, view }] : [])),
    video,
  )
  return seeds.map((_, view) => {
    const drawn = own.get(view)
    return drawn ?? asFlow(own.get(roles[view].sameClipAs!)!)
  })
}

/** The clips that have frames of their own, by view. */
function drawOwnClips(
  config: PretrainConfig,
  clips: readonly { seed: number; view: number }[],
  video: DrawnVideo,
): Map<number, ViewSpec> {
  const drawn = clips.map(({ seed, view }) => drawView(config, view, seed, video))
  const seeds = clips.map(({ seed }) => seed)
  const together =
    config.interval === 'independent' || clips.length < 2
      ? []
      : drawTogether(config, config.interval, seeds, video)
  return new Map(clips.map(({ view }, i) => [view, { ...drawn[i], ...together.at(i) }]))
}

const PLAIN = { grayscale: false, jitter: null, isJitterFirst: false, blurSigma: null }

/** The flow of a clip: of its frames, crop and flip, before anything is merged, mixed or recoloured. */
function asFlow(clip: ViewSpec): ViewSpec {
  const look = { ...PLAIN, isSolarised: false }
  return { ...clip, modality: 'flow', look, perFrame: null, background: null, mix: null }
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
    modality: 'rgb',
    ...drawAllowedClip(rng, video.length, config, video.windows),
    ...drawCut(rng, video, config),
    look: drawLook(new Rng(deriveSeed(seed, Stream.look)), config, view),
    perFrame: config.consistent ? null : drawFrames(config, view, seed, video),
    background: isMerged(config, view) ? drawBackground(config, seed, video) : null,
    mix: view === 0 ? drawMix(config, seed) : null,
  }
}

/** Whether the clips of a view have their background replaced: never where they are flow. */
export function isMerged(config: PretrainConfig, view: number): boolean {
  if (viewsOf(config).at(view)?.modality === 'flow') return false
  return config.merge === 'both' || (config.merge === 'query' && view === 0)
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
