import type { MaskUse } from '#shared/contract/runs.ts'
import { createMasker, type Masker } from '#shared/fame/masker.ts'
import { mergeClips } from '#shared/fame/merge.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import { addMasks, noMasks } from '../telemetry/mask-tally.ts'
import { waitForAllChunks } from './batch-buffers.ts'
import { clipLength, type BatchTask, type BatchTaskResult, type SlotTask } from './batch-task.ts'
import { fillMask } from './clip-masks.ts'
import { drawView } from './draw-view.ts'
import { Augmenter } from './transforms/augment.ts'
import type { FrameReader, VideoSource } from './video-source.ts'

/**
 * Does one part of a batch. First every clip is cut (start, random resized crop, flip) and gets its
 * mask; when all parts are that far, backgrounds are exchanged, then colours change.
 * The reference's order: one mask a clip, after the crop, before the colour augmentations.
 * @param checkWanted throws when the batch is not needed any more; asked before each slot
 */
export async function prepareChunk(
  task: BatchTask,
  source: VideoSource,
  checkWanted: () => void,
): Promise<BatchTaskResult> {
  const { config, buffers, slots, chunks } = task
  const tools = toolsFor(config.size)
  const masks = noMasks()
  const taken: BatchTaskResult['taken'] = []
  const drawn: ViewSpec[][] = []
  try {
    for (const slot of slots) {
      checkWanted()
      const { video, used, views } = cutSlot(task, slot, source, tools)
      drawn.push(views)
      taken.push({ slot: slot.slot, video })
      addMasks(masks, used)
    }
  } finally {
    await waitForAllChunks(buffers.barrier, chunks)
  }
  slots.forEach((slot, i) => {
    drawn[i].forEach(({ isMerged, look }, view) => {
      if (isMerged) mergeSlot(task, slot, view)
      tools.augmenter.finish(clipAt(task, buffers.out[view], slot.slot), look)
    })
  })
  return { decoded: source.fresh, warnings: source.warnings, masks, taken }
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

/** Cuts the clips of a slot and makes their masks; returns which, and of which video. */
function cutSlot(
  task: BatchTask,
  { slot, video, seeds }: SlotTask,
  source: VideoSource,
  { augmenter, masker }: Tools,
): { video: number; used: MaskUse; views: ViewSpec[] } {
  const { config, buffers } = task
  const { raw, masks, out } = buffers
  const options = { config, masker, warn: (message: string) => void source.warnings.push(message) }
  return source.read(video, (frames, listed, from) => {
    const used = noMasks()
    const { length, width, height } = frames
    const size = { length, width, height, windows: listed.windows }
    const clips = seeds.map((seed, view) => ({
      spec: drawView(config, view, seed, size),
      cut: clipAt(task, raw[view] ?? out[view], slot),
    }))
    cutClips(frames, clips, augmenter)
    clips.forEach(({ spec, cut }, view) => {
      if (spec.isRedrawn) used.redrawn++
      const mask = masks[view]
      if (!mask) return
      const place = { start: spec.indices[0], frames: config.frames, stride: config.stride }
      const frame = { width, height }
      const about = { video: listed, length, place, frame, cut: spec, data: cut }
      used[fillMask(about, maskAt(task, mask, slot), options)]++
    })
    return { video: from, used, views: clips.map(({ spec }) => spec) }
  })
}

/** Cuts all clips on one way through the video. */
function cutClips(
  frames: FrameReader,
  clips: readonly { spec: ViewSpec; cut: Float32Array }[],
  augmenter: Augmenter,
): void {
  const all = clips.flatMap(({ spec }) => spec.indices)
  frames.visit(all, (index, picture) => {
    for (const { spec, cut } of clips) {
      const { indices } = spec
      const first = indices.indexOf(index)
      if (first < 0) continue
      const length = cut.length / indices.length
      augmenter.cut(picture, spec, cut.subarray(first * length, (first + 1) * length))
      for (let i = first + 1; i < indices.length; i++) {
        if (indices[i] === index) cut.copyWithin(i * length, first * length, (first + 1) * length)
      }
    }
  })
}

/** x*m + y*(1-m): keeps the foreground of the slot's own clip x on its partner's clip y. */
function mergeSlot(task: BatchTask, { slot, partners }: SlotTask, view: number): void {
  const { raw, masks, out } = task.buffers
  const x = clipAt(task, raw[view]!, slot)
  const y = clipAt(task, raw[view]!, partners[view])
  mergeClips(x, y, maskAt(task, masks[view]!, slot), clipAt(task, out[view], slot))
}

function clipAt({ config }: BatchTask, clips: SharedArrayBuffer, slot: number): Float32Array {
  const length = clipLength(config)
  return new Float32Array(clips, slot * length * Float32Array.BYTES_PER_ELEMENT, length)
}

function maskAt({ config }: BatchTask, masks: SharedArrayBuffer, slot: number): Uint8Array {
  const pixels = config.size ** 2
  return new Uint8Array(masks, slot * pixels, pixels)
}
