import { createMasker, type Masker } from '#shared/fame/masker.ts'
import { mergeClips } from '#shared/fame/merge.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { drawClip } from '../../video/clip-sampling.ts'
import { waitForAllChunks } from './batch-buffers.ts'
import {
  clipLength,
  isMerged,
  type BatchTask,
  type BatchTaskResult,
  type SlotTask,
} from './batch-task.ts'
import { Augmenter, drawLook, drawView } from './transforms/augment.ts'
import type { VideoSource } from './video-source.ts'

const VIEWS = [0, 1] as const
/** Tells the draw of a clip's look from that of its place. */
const LOOK = 1

/**
 * Does one part of a batch. First every clip is cut (start, random resized crop, flip) and FAME's
 * mask is made of it; when all parts are that far, backgrounds are exchanged, then colours change.
 * The reference's order: one mask a clip, after the crop, before the colour augmentations.
 */
export async function prepareChunk(task: BatchTask, source: VideoSource): Promise<BatchTaskResult> {
  const { config, buffers, slots, chunks } = task
  const tools = toolsFor(config.size)
  try {
    for (const slot of slots) cutSlot(task, slot, source, tools)
  } finally {
    await waitForAllChunks(buffers.barrier, chunks)
  }
  for (const slot of slots) {
    for (const view of VIEWS) {
      if (isMerged(config, view)) mergeSlot(task, slot, view)
      const rng = new Rng(deriveSeed(slot.seeds[view], LOOK))
      const clip = clipAt(task, buffers.out[view], slot.slot)
      tools.augmenter.finish(clip, drawLook(rng, config))
    }
  }
  return { decoded: source.fresh, warnings: source.warnings }
}

interface Tools {
  augmenter: Augmenter
  masker: Masker
}

let tools: Tools | null = null

/** Buffers are made once a thread: a run has one crop size. */
function toolsFor(size: number): Tools {
  if (tools?.augmenter.size !== size) {
    tools = { augmenter: new Augmenter(size), masker: createMasker(size, size) }
  }
  return tools
}

function cutSlot(
  task: BatchTask,
  { slot, video, seeds }: SlotTask,
  source: VideoSource,
  { augmenter, masker }: Tools,
): void {
  const { config, buffers } = task
  source.read(video, (frames) => {
    for (const view of VIEWS) {
      const rng = new Rng(seeds[view])
      const clip = frames.pick(drawClip(rng, frames.count(), config))
      const { raw, masks, out } = buffers
      const cut = clipAt(task, raw[view] ?? out[view], slot)
      augmenter.cut(clip, drawView(rng, clip, config), cut)
      const mask = masks[view]
      if (!mask) continue
      const { size: height, size: width, frames: T } = config
      const layers = masker.compute({ data: cut, frames: T, height, width }, config)
      new Uint8Array(mask, slot * height * width, height * width).set(layers.mask)
    }
  })
}

/** x*m + y*(1-m): keeps the foreground of the slot's own clip x on its partner's clip y. */
function mergeSlot(task: BatchTask, { slot, partners }: SlotTask, view: 0 | 1): void {
  const { raw, masks, out } = task.buffers
  const pixels = task.config.size ** 2
  const x = clipAt(task, raw[view]!, slot)
  const y = clipAt(task, raw[view]!, partners[view])
  mergeClips(
    x,
    y,
    new Uint8Array(masks[view]!, slot * pixels, pixels),
    clipAt(task, out[view], slot),
  )
}

function clipAt({ config }: BatchTask, clips: SharedArrayBuffer, slot: number): Float32Array {
  const length = clipLength(config)
  return new Float32Array(clips, slot * length * Float32Array.BYTES_PER_ELEMENT, length)
}
