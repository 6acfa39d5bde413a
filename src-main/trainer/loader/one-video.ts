import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { allocateBatch } from './batch-buffers.ts'
import { clipLength, type BatchTask } from './batch-task.ts'
import { masksOf } from './clip-masks.ts'
import { isMerged } from './draw-view.ts'
import { planOptions, planStep } from './plan.ts'
import { prepareChunk } from './prepare-chunk.ts'
import type { VideoSource } from './video-source.ts'
import { lendingView, planOfView } from './view-plan.ts'

/** The place of a video in the batches of a run. */
export interface VideoPlace {
  /** Micro-batches before it in the run. */
  batch: number
  /** Its place in that batch. */
  slot: number
}

/** One clip of a video with what it was made of. */
export interface PreparedView {
  spec: ViewSpec
  /** Seed of its draws. */
  seed: number
  /** As the encoder takes it, [T, S, S, 3]. */
  clip: Float32Array
  /** What merging needs; null where the clip keeps its own background. */
  merged: {
    /** As cut, floats in [0, 1], [T, S, S, 3]. */
    cut: Float32Array
    /** Masks of the clip, [M, S, S]: one for all frames, or one a frame. */
    masks: Uint8Array
    /** The clip that lends its background, as cut, [T, S, S, 3], and its video; null for none of the batch. */
    lender: { video: number; cut: Float32Array } | null
  } | null
}

export interface PreparedVideo {
  epoch: number
  /** Position in the list: another one than planned where that is damaged. */
  video: number
  views: PreparedView[]
}

/**
 * The clips of one video of a batch, without the rest of the batch: the same numbers as the batch of
 * that number has, because what is drawn of a video depends on its seeds alone, and a background on
 * the slot that lends it, which is prepared too.
 * @param checkWanted throws when the video is not needed any more; asked before each slot
 * @throws Error when the videos cannot be read; RangeError when there are fewer than a batch needs
 */
export async function prepareOneVideo(
  config: PretrainConfig,
  videos: readonly TrainerVideo[],
  { batch, slot }: VideoPlace,
  source: VideoSource,
  checkWanted: () => Promise<void>,
): Promise<PreparedVideo> {
  const roles = viewsOf(config)
  const count = roles.length
  const plan = planStep(batch, planOptions(config, videos, count))
  const lenders = plan.partners.map((_, view) =>
    isMerged(config, view) ? plan.partners[lendingView(roles, view)][slot] : slot,
  )
  const slots = [...new Set([slot, ...lenders])]
  const small = { ...config, batch: slots.length }
  const buffers = allocateBatch(small, roles)
  const seedsOf = (at: number): number[] => [...plan.seeds.subarray(count * at, count * (at + 1))]
  const task: BatchTask = {
    config: small,
    roles,
    made: null,
    buffers,
    chunks: 1,
    keep: false,
    slots: slots.map((at, i) => ({
      slot: i,
      video: plan.videos[at],
      seeds: seedsOf(at),
      // Only the first slot is looked at; the others lend it what they were cut as.
      partners: lenders.map((lender) => slots.indexOf(lender)),
      lends: null,
      decoded: null,
    })),
  }
  const { taken } = await prepareChunk(task, source, checkWanted)
  const clipOf = (buffer: SharedArrayBuffer, at: number): Float32Array =>
    new Float32Array(buffer, 4 * at * clipLength(config), clipLength(config))
  const views = taken[0].views.map((spec, view): PreparedView => {
    const [cuts, masks] = [buffers.raw[view], buffers.masks[view]]
    const borrows = spec.background?.kind === 'inter' || spec.background?.kind === 'static'
    const lender = slots.indexOf(lenders[view])
    const length = masksOf(planOfView(config, view, roles).config) * config.size ** 2
    return {
      spec,
      seed: seedsOf(slot)[view],
      clip: clipOf(buffers.out[view], 0),
      merged: spec.background &&
        cuts &&
        masks && {
          cut: clipOf(cuts, 0),
          masks: new Uint8Array(masks, 0, length),
          lender: borrows ? { video: taken[lender].video, cut: clipOf(cuts, lender) } : null,
        },
    }
  })
  return { epoch: plan.epoch, video: taken[0].video, views }
}
