import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ClipShape } from '#shared/fame/clip-window.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { drawForm, plainForm } from '#shared/views/clip-form.ts'
import type { Background, ClipForm, Cut, FrameMix, ViewSpec } from '#shared/views/view-spec.ts'
import { clipIndices } from '../../video/clip-sampling.ts'
import type { ListedWindow } from '../process/messages.ts'
import { drawAllowedClip } from './allowed-clip.ts'
import { drawSequences } from './draw-sequence.ts'
import { drawTogether } from './draw-together.ts'
import { drawCut, drawLook } from './transforms/draw-augmentation.ts'
import { planOfView, viewPlansOf } from './view-plan.ts'

/** Tell the draws of a clip from that of its place: each has a stream of its own. */
const Stream = { look: 1, background: 2, mix: 3, frame: 4, form: 6 } as const

/** What a view depends on of its video. */
export interface DrawnVideo {
  /** Frames. */
  length: number
  width: number
  height: number
  /** Corrected, approved and rejected clips. */
  windows?: readonly ListedWindow[]
}

/** How a clip is shown, and the largest stride of the clips that begin where it does. */
interface FormOfClip {
  form: ClipForm
  reach: number
  /** What the clips are that are drawn with it. Default: the views of the run's method. */
  roles?: readonly ViewRole[]
}

/** A clip that has frames of its own. */
interface OwnClip extends FormOfClip {
  seed: number
  view: number
}

/**
 * Draws all clips of a video. With independent starts each follows from its own seed alone; else the
 * starts are drawn together from the first seed, and everything else stays as it would be. The clips of
 * each part of a run are drawn by themselves.
 * @param seeds one a clip, in the order of the views of the run's method
 * @param roles what each clip is; those beyond the last are plain
 * @throws VideoError for a video of fewer than 2 frames, or too short for clips that follow each other;
 * Error where every start is rejected
 */
export function drawViews(
  config: PretrainConfig,
  seeds: readonly number[],
  video: DrawnVideo,
  roles: readonly ViewRole[] = viewsOf(config),
): ViewSpec[] {
  const plans = viewPlansOf(config, roles)
  return plans.flatMap((plan, i) => {
    const own = seeds.slice(plan.from, plans[i + 1]?.from)
    return drawPlan(plan.config, own, video, plan.roles)
  })
}

function drawPlan(
  config: PretrainConfig,
  seeds: readonly number[],
  video: DrawnVideo,
  roles: readonly ViewRole[],
): ViewSpec[] {
  const forms = seeds.map((seed, view) => formOf(config, roles.at(view), seed))
  const originOf = (view: number): number => roles.at(view)?.sameClipAs ?? view
  const clips = seeds.flatMap((seed, view) => {
    if (originOf(view) !== view) return []
    const strides = forms.flatMap(({ stride }, i) => (originOf(i) === view ? [stride] : []))
    return [{ seed, view, form: forms[view], reach: Math.max(...strides) }]
  })
  const own = drawOwnClips(config, clips, video, roles)
  return seeds.map((_, view) => {
    const drawn = own.get(view)
    if (drawn) return drawn
    const origin = own.get(originOf(view))!
    if (roles[view].isBetween) return betweenFrames(origin, video.length)
    return roles[view].modality === 'flow'
      ? asFlow(origin)
      : inForm(origin, forms[view], video.length)
  })
}

function formOf(config: PretrainConfig, role: ViewRole | undefined, seed: number): ClipForm {
  if (!role?.variants) return plainForm(config.stride)
  return drawForm(new Rng(deriveSeed(seed, Stream.form)), role.variants, config)
}

/** The clips that have frames of their own, by view. */
function drawOwnClips(
  config: PretrainConfig,
  clips: readonly OwnClip[],
  video: DrawnVideo,
  roles: readonly ViewRole[],
): Map<number, ViewSpec> {
  const drawn = new Map(
    clips.map((clip) => [
      clip.view,
      drawView(config, clip.view, clip.seed, video, { ...clip, roles }),
    ]),
  )
  if (config.interval !== 'independent' && clips.length > 1) {
    const stride = Math.max(...clips.map(({ reach }) => reach))
    const seeds = clips.map(({ seed }) => seed)
    drawTogether({ ...config, stride }, config.interval, seeds, video).forEach((place, i) => {
      const { view, form } = clips[i]
      drawn.set(view, inForm({ ...drawn.get(view)!, ...place }, form, video.length))
    })
  }
  const seedOf = (view: number): number => clips.find((clip) => clip.view === view)!.seed
  for (const [view, place] of drawSequences(config, roles, seedOf, video)) {
    drawn.set(view, { ...drawn.get(view)!, ...place })
  }
  return drawn
}

const PLAIN = { grayscale: false, jitter: null, isJitterFirst: false, blurSigma: null }

/** The flow of a clip: of its frames, crop and flip, before anything is merged, mixed or recoloured. */
function asFlow(clip: ViewSpec): ViewSpec {
  const look = { ...PLAIN, isSolarised: false }
  return { ...clip, modality: 'flow', look, perFrame: null, background: null, mix: null }
}

/** The frames halfway between those of a clip, about which nothing is asked. @param length frames of the video */
function betweenFrames(clip: ViewSpec, length: number): ViewSpec {
  const half = Math.floor(clip.stride / 2)
  const indices = clip.indices.map((index) => (index + half) % length)
  return { ...clip, indices, answer: null }
}

/** The clip of the same start in another form. @param length frames of the video */
function inForm(clip: ViewSpec, form: ClipForm, length: number): ViewSpec {
  const frames = clip.indices.length
  const at = (indices: readonly number[]): number[] =>
    clipIndices(indices[0], length, { frames, stride: form.stride })
  const { background } = clip
  const behind =
    background?.kind === 'intra' ? { ...background, indices: at(background.indices) } : background
  return { ...clip, ...form, indices: at(clip.indices), background: behind }
}

/**
 * Draws one clip of a video by itself.
 * @param view its place among the views of its method
 * @param seed of this clip: where it starts, how it is cut, and how its colours change
 * @param as how it is shown; default as it is
 * @throws VideoError for a video of fewer than 2 frames; Error where every start is rejected
 */
export function drawView(
  config: PretrainConfig,
  view: number,
  seed: number,
  video: DrawnVideo,
  { form, reach, roles }: FormOfClip = { form: plainForm(config.stride), reach: config.stride },
): ViewSpec {
  const rng = new Rng(seed)
  const shape = { frames: config.frames, stride: reach }
  const place = drawAllowedClip(rng, video.length, shape, video.windows)
  const cut = drawCut(rng, video, config)
  const clip: ViewSpec = {
    modality: 'rgb',
    ...form,
    ...place,
    ...cut,
    look: drawLook(new Rng(deriveSeed(seed, Stream.look)), config, view),
    perFrame: drawFrames(config, view, seed, { video, cut }),
    background: isMerged(config, view, roles) ? drawBackground(config, seed, video, shape) : null,
    mix: view === 0 ? drawMix(config, seed) : null,
  }
  return reach === form.stride ? clip : inForm(clip, form, video.length)
}

/**
 * Whether the clips of a view have their background replaced: never where they are flow, and as the
 * view whose clip they are.
 */
export function isMerged(
  config: PretrainConfig,
  view: number,
  roles: readonly ViewRole[] = viewsOf(config),
): boolean {
  const planned = planOfView(config, view, roles)
  const { merge } = planned.config
  if (planned.role?.modality === 'flow') return false
  return merge === 'both' || (merge === 'query' && (planned.role?.sameClipAs ?? planned.view) === 0)
}

/** Colours of each frame by itself, and its crop and flip; null where one draw is for all frames. */
function drawFrames(
  config: PretrainConfig,
  view: number,
  seed: number,
  { video, cut }: { video: DrawnVideo; cut: Cut },
): ViewSpec['perFrame'] {
  const { consistent, coloursByFrame, frames } = config
  if (consistent && !coloursByFrame) return null
  return Array.from({ length: frames }, (_, t) => {
    const rng = new Rng(deriveSeed(seed, Stream.frame, t))
    const own = consistent ? cut : drawCut(rng, video, config)
    return { ...own, look: drawLook(rng, config, view) }
  })
}

function drawBackground(
  config: PretrainConfig,
  seed: number,
  video: DrawnVideo,
  shape: ClipShape,
): Background {
  const kind = config.background
  if (kind === 'inter' || kind === 'none') return { kind }
  const rng = new Rng(deriveSeed(seed, Stream.background))
  if (kind === 'static') return { kind, frame: rng.int(config.frames) }
  const { indices } = drawAllowedClip(rng, video.length, shape, video.windows)
  return { kind, indices, ...drawCut(rng, video, config) }
}

/** λ = frameMix * U(0, 1) and one frame of the clip (Wang et al., CVPR 2021, section 3.1). */
function drawMix({ frameMix, frames }: PretrainConfig, seed: number): FrameMix | null {
  if (frameMix === 0) return null
  const rng = new Rng(deriveSeed(seed, Stream.mix))
  return { frame: rng.int(frames), lambda: frameMix * rng.uniform() }
}
