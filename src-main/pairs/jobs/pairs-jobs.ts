import { statSync } from 'node:fs'
import { relative } from 'node:path'
import sharp from 'sharp'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import type { ShownView } from '#shared/contract/drawn-views.ts'
import { flowSize } from '#shared/flow/flow-size.ts'
import { shownFrames } from '#shared/views/view-spec.ts'
import { FlowStore } from '../../trainer/loader/flow-frames.ts'
import { prepareOneVideo, type PreparedView } from '../../trainer/loader/one-video.ts'
import { readVideoList } from '../../trainer/loader/video-list.ts'
import { VideoSource } from '../../trainer/loader/video-source.ts'
import type { TrainerVideo, VideoList } from '../../trainer/process/messages.ts'
import type { JobTable, JobTools } from '../../video/decoder-process.ts'
import { planCache } from '../../video/plan-cache.ts'
import { drawView } from './draw-view.ts'
import type { DrawnPairs, PairsJob } from './pairs-protocol.ts'
import { readSource } from './source-frames.ts'

const plans = planCache(8e6)

/** The list that was read last: those of large sets take a second. */
let known: { tag: string; videos: TrainerVideo[] } | null = null

/** What a decoder process does to show what a method takes of a video. */
export const pairsJobs: JobTable<'pairs'> = { pairs: showVideo }

async function showVideo(
  { list, config, flowCache, ...place }: PairsJob,
  { checkWanted }: Pick<JobTools, 'checkWanted'>,
): Promise<DrawnPairs> {
  const videos = videosOf(list)
  const flows = new FlowStore(flowCache)
  const openFlow = (path: string, frames: number): ReturnType<FlowStore['open']> =>
    flows.open(path, frames, config)
  const options = { videos, known: new Map(), keep: false, plans, disk: null }
  const source = new VideoSource({
    ...options,
    flow: config.modality === 'flow' ? openFlow : null,
    flowBeside: openFlow,
  })
  const prepared = await prepareOneVideo(config, videos, place, source, checkWanted)
  await checkWanted()
  const pictures = new VideoSource({ ...options, flow: null })
  const { width, height, clips } = readSource(pictures, prepared, config.size)
  const pathOf = (video: number): string => relative(list.root, videos[video].path)
  const flow = flowSize({ width, height }, config.flowSize)
  const drawn: ReturnType<typeof drawView>[] = []
  for (const [i, view] of prepared.views.entries()) {
    await checkWanted()
    drawn.push(drawView(config, view, { source: clips[i], flow }))
  }
  const { frames, label } = videos[prepared.video]
  const facts = {
    seed: config.seed,
    ...positionOf(config, place, videos.length),
    epoch: prepared.epoch,
    video: pathOf(prepared.video),
    label,
    frames,
    width,
    height,
    flow: { width: flow.width, height: flow.height },
    size: config.size,
    views: prepared.views.map((view, i) => shownView(view, drawn[i].rows, pathOf)),
  }
  return { facts, pictures: await Promise.all(drawn.map(encode)) }
}

function positionOf(
  { batch: slots, accumulate, ...config }: PretrainConfig,
  { batch, slot }: Pick<PairsJob, 'batch' | 'slot'>,
  videos: number,
): Pick<DrawnPairs['facts'], 'batch' | 'batches' | 'slot' | 'slots' | 'step'> {
  const batches = plannedSteps({ ...config, batch: slots, accumulate }, videos) * accumulate
  return { batch, batches, slot, slots, step: Math.floor(batch / accumulate) + 1 }
}

function shownView(
  { spec, seed, merged }: PreparedView,
  rows: ShownView['rows'],
  pathOf: (video: number) => string,
): ShownView {
  const { modality, isRedrawn, stride, order, turn, answer, look, box, flip, background, mix } =
    spec
  const perFrame = order && spec.perFrame ? order.map((at) => spec.perFrame![at]) : spec.perFrame
  const lender = merged?.lender ?? null
  return {
    seed,
    modality,
    indices: shownFrames(spec),
    isRedrawn,
    stride,
    order: order && [...order],
    turn,
    answer,
    look,
    box,
    flip,
    mix,
    rows,
    perFrame: perFrame && perFrame.map((frame) => ({ box: frame.box, flip: frame.flip })),
    background: background && {
      kind: background.kind,
      video: lender && pathOf(lender.video),
      frame: background.kind === 'static' ? background.frame : null,
    },
  }
}

/** Every value stays as it is. */
function encode({ data, width, height }: ReturnType<typeof drawView>): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 3 })
    .toBuffer()
}

function videosOf(list: VideoList): TrainerVideo[] {
  const { mtimeMs, size } = statSync(list.file)
  const tag = [list.file, list.root, mtimeMs, size].join('\n')
  if (known?.tag !== tag) known = { tag, videos: readVideoList(list).videos }
  return known.videos
}
