import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import { encoders } from '#shared/encoders/index.ts'
import { createMasker, type Masker } from '#shared/fame/masker.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import { addMasks, noMasks } from '../telemetry/mask-tally.ts'
import { waitForAllChunks } from './batch-buffers.ts'
import { clipLength, type BatchTask, type BatchTaskResult, type SlotTask } from './batch-task.ts'
import { fillMasks, masksOf } from './clip-masks.ts'
import { cutClips, type CutJob } from './cut-clips.ts'
import { drawViews } from './draw-view.ts'
import { finishClip, mergeBackground } from './finish-clip.ts'
import { Augmenter } from './transforms/augment.ts'
import { placesByVideo } from './places-by-video.ts'
import type { VideoSource } from './video-source.ts'
import { lendingView, planOfView } from './view-plan.ts'

/**
 * Does one part of a batch. First every clip is cut (start, random resized crop, flip) and gets its
 * mask; when all parts are that far, backgrounds are exchanged, then colours change, then a frame is
 * mixed in. The order is the FAME reference's: masks after the crop, before the colours.
 * @param checkWanted throws when the batch is not needed any more; asked before each slot
 */
export async function prepareChunk(
  task: BatchTask,
  source: VideoSource,
  checkWanted: () => void | Promise<void>,
): Promise<BatchTaskResult> {
  const { config, buffers, slots, chunks } = task
  const tools = toolsFor(config)
  const masks = noMasks()
  const taken: BatchTaskResult['taken'] = []
  try {
    for (const group of placesByVideo(slots)) {
      await checkWanted()
      const cut = group[0].lends
        ? [cutLender(task, group[0], source, tools)]
        : cutSlots(task, group, source, tools)
      cut.forEach(({ video, used, views }, i) => {
        taken.push({ slot: group[i].slot, video, views })
        addMasks(masks, used)
      })
    }
  } finally {
    await waitForAllChunks(buffers.barrier, chunks)
  }
  slots.forEach((slot, i) => {
    if (slot.lends) return
    taken[i].views.forEach((spec, view) => {
      if (!isMade(task, view)) return
      mergeSlot(task, slot, view, spec)
      const isFlow = config.modality === 'flow' || spec.modality === 'flow'
      finishClip(clipAt(task, buffers.out[view], slot.slot), spec, tools.augmenter, isFlow)
    })
  })
  return { decoded: source.fresh, warnings: source.warnings, masks, taken }
}

interface Tools {
  augmenter: Augmenter
  /** Cuts flow beside colours. */
  flowCutter: Augmenter
  masker: Masker
}

let tools: Tools | null = null

/** Buffers are made once a thread: a run has one crop size, one encoder and one kind of clips. */
function toolsFor({ model, size, modality, flowFlip }: PretrainConfig): Tools {
  const { scaling } = encoders[model]
  const negatesFlow = modality === 'flow' && flowFlip === 'negate'
  const wanted = { size, scaling, negatesFlow }
  const flips = { ...wanted, negatesFlow: flowFlip === 'negate' }
  if (!tools || !isMadeFor(tools.augmenter, wanted) || !isMadeFor(tools.flowCutter, flips)) {
    const augmenter = new Augmenter(size, scaling, { negatesFlow })
    const flowCutter = new Augmenter(size, scaling, { negatesFlow: flowFlip === 'negate' })
    tools = { augmenter, flowCutter, masker: createMasker(size, size) }
  }
  return tools
}

function isMadeFor(
  { size, scaling, negatesFlow }: Augmenter,
  wanted: Pick<Augmenter, 'size' | 'scaling' | 'negatesFlow'>,
): boolean {
  return size === wanted.size && scaling === wanted.scaling && negatesFlow === wanted.negatesFlow
}

/** The video that fills a place of a batch, and its masks. */
interface TakenSlot {
  video: number
  used: MaskUse
  views: ViewSpec[]
}

/** Cuts the clips of places of one video, in one pass over it, and makes their masks. */
function cutSlots(
  task: BatchTask,
  slots: readonly SlotTask[],
  source: VideoSource,
  tools: Tools,
): TakenSlot[] {
  return source.read(slots[0].video, (frames, listed, from) => {
    const { length, width, height } = frames
    const size = { length, width, height, windows: listed.windows }
    const clips = slots.flatMap(({ slot, seeds }) =>
      drawViews(task.config, seeds, size, task.roles).map((spec, view) => {
        const cut = clipAt(task, task.buffers.raw[view] ?? task.buffers.out[view], slot)
        return { slot, view, spec, cut }
      }),
    )
    const made = clips.filter(({ view }) => isMade(task, view))
    const [flows, pictures] = partition(made, ({ spec }) => spec.modality === 'flow')
    const jobs = pictures.flatMap(({ slot, view, spec, cut }) =>
      jobsOf(spec, cut, clipAt(task, task.buffers.out[view], slot)),
    )
    if (jobs.length > 0) cutClips(frames, jobs, tools.augmenter)
    if (flows.length > 0) {
      source.withFlow(listed, (flow) => {
        const ofFlow = flows.map(({ spec, cut }) => flowJob(spec, cut, size, flow))
        cutClips(flow, ofFlow, tools.flowCutter)
      })
    }
    const about = { video: listed, length, frame: { width, height } }
    return slots.map(({ slot }) => {
      const own = clips.filter((clip) => clip.slot === slot)
      const used = maskClips(task, own, about, { source, tools })
      return { video: from, used, views: own.map(({ spec }) => spec) }
    })
  })
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

/** A clip that is cut. */
interface CutClip {
  slot: number
  view: number
  spec: ViewSpec
  /** [T, S, S, 3] */
  cut: Float32Array
}

/** Makes the masks of a place's clips that are merged; returns which they got. */
function maskClips(
  task: BatchTask,
  clips: readonly CutClip[],
  video: Pick<Parameters<typeof fillMasks>[0], 'video' | 'length' | 'frame'>,
  { source, tools }: { source: VideoSource; tools: Tools },
): MaskUse {
  const used = noMasks()
  const warn = (message: string): void => void source.warnings.push(message)
  for (const { slot, view, spec, cut } of clips) {
    if (spec.isRedrawn) used.redrawn++
    if (!task.buffers.masks[view] || !isMade(task, view)) continue
    const place = { start: spec.indices[0], frames: task.config.frames, stride: spec.stride }
    const { indices, perFrame } = spec
    const about = { ...video, place, cut: spec, data: cut, indices, perFrame }
    const { config } = planOfView(task.config, view, task.roles)
    const { masker } = tools
    used[fillMasks(about, maskAt(task, view, slot), { config, masker, warn })]++
  }
  return used
}

/** Cuts the clips of a slot of which the backgrounds alone are wanted. */
function cutLender(
  task: BatchTask,
  { slot, video, seeds, lends }: SlotTask,
  source: VideoSource,
  { augmenter }: Tools,
): TakenSlot {
  return source.read(video, (frames, listed, from) => {
    const { length, width, height } = frames
    const size = { length, width, height, windows: listed.windows }
    const views = drawViews(task.config, seeds, size, task.roles)
    const jobs = lends!.map((view) => {
      const { indices, perFrame } = views[view]
      const out = clipAt(task, task.buffers.raw[view]!, slot)
      return { indices, cuts: perFrame ?? [views[view]], out }
    })
    cutClips(frames, jobs, augmenter)
    return { video: from, used: noMasks(), views }
  })
}

/**
 * What is cut for one view: the clip, and the other clip of the video where that gives the background.
 * @param out what the view becomes; it holds that background until the two are merged
 */
function jobsOf(spec: ViewSpec, cut: Float32Array, out: Float32Array): CutJob[] {
  const { indices, background } = spec
  const own = { indices, cuts: spec.perFrame ?? [spec], out: cut }
  if (background?.kind !== 'intra') return [own]
  return [own, { indices: background.indices, cuts: [background], out }]
}

/**
 * What is cut of a video's flow for the clip of the same frames and crop: the fields that begin at the
 * clip's frames, the last one of the video for its last frame. Flow may be smaller than the video.
 */
function flowJob(
  { indices, box, flip }: ViewSpec,
  out: Float32Array,
  video: { width: number; height: number },
  flow: { length: number; width: number; height: number },
): CutJob {
  const [across, down] = [flow.width / video.width, flow.height / video.height]
  const scaled = (start: number, size: number, by: number, whole: number): [number, number] => {
    const length = Math.max(1, Math.min(whole, Math.round(size * by)))
    return [Math.min(whole - length, Math.round(start * by)), length]
  }
  const [left, width] = scaled(box.left, box.width, across, flow.width)
  const [top, height] = scaled(box.top, box.height, down, flow.height)
  const fields = indices.map((index) => Math.min(index, flow.length - 1))
  return { indices: fields, cuts: [{ box: { top, left, height, width }, flip }], out }
}

/** Keeps the foreground of the slot's own clip and replaces what is behind it, where the view says so. */
function mergeSlot(
  task: BatchTask,
  { slot, partners }: SlotTask,
  view: number,
  { background }: ViewSpec,
): void {
  if (!background) return
  const { raw, out } = task.buffers
  const lender = partners[lendingView(task.roles, view)]
  mergeBackground(background, {
    x: clipAt(task, raw[view]!, slot),
    partner: clipAt(task, raw[view]!, lender),
    mask: maskAt(task, view, slot),
    pixels: task.config.size ** 2,
    out: clipAt(task, out[view], slot),
  })
}

/** Whether the batch takes a view. */
function isMade({ made }: BatchTask, view: number): boolean {
  return made?.includes(view) ?? true
}

function clipAt({ config }: BatchTask, clips: SharedArrayBuffer, slot: number): Float32Array {
  const length = clipLength(config)
  return new Float32Array(clips, slot * length * Float32Array.BYTES_PER_ELEMENT, length)
}

/** The masks of a clip that is merged: one, or one a frame. */
function maskAt({ config, roles, buffers }: BatchTask, view: number, slot: number): Uint8Array {
  const pixels = masksOf(planOfView(config, view, roles).config) * config.size ** 2
  return new Uint8Array(buffers.masks[view]!, slot * pixels, pixels)
}
