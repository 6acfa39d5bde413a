/** Entry of a loader thread: everything between a video file and a clip that the encoder takes. */
import { workerData } from 'node:worker_threads'
import { move } from 'piscina'
import type { BatchTask, BatchTaskResult, CentreTask, DecodedVideo } from './batch-task.ts'
import { planCache } from '../../video/plan-cache.ts'
import { readCentreClips } from './centre-clips.ts'
import {
  prepareConditionClips,
  type ConditionClip,
  type ConditionsTask,
  type MaskedTask,
} from './explain/explain-tasks.ts'
import { readFlowClips } from './explain/flow-clips.ts'
import { readMaskedClips, type MaskedClip } from './explain/masked-clips.ts'
import { prepareChunk } from './prepare-chunk.ts'
import { trackVideo, type TrackedVideo, type TrackTask } from './tracking/track-video.ts'
import { DecodedCache } from './decoded-cache.ts'
import { FlowStore, type FlowFrames } from './flow-frames.ts'
import { checkOpen, type ThreadData } from './thread-pool.ts'
import { VideoSource } from './video-source.ts'

const { videos, closing, decodedCache, flowCache } = workerData as ThreadData

/** Bytes of plans that a thread keeps: those of UCF101 take 50 million. */
const PLAN_BYTES = 64e6

const plans = planCache(PLAN_BYTES)
const flows = new FlowStore(flowCache)
const disk = decodedCache && new DecodedCache(decodedCache)

/** One part of a pretraining batch. @throws Error when no video can be read, or the pool closes. */
export async function prepareBatch(task: BatchTask): Promise<BatchTaskResult> {
  const known = new Map<number, DecodedVideo>()
  for (const { video, decoded } of task.slots) if (decoded) known.set(video, decoded)
  const { keep, config } = task
  const openFlow = (path: string, frames: number): FlowFrames => flows.open(path, frames, config)
  const source = new VideoSource({
    videos,
    known,
    keep,
    plans,
    disk,
    flow: config.modality === 'flow' ? openFlow : null,
    flowBeside: openFlow,
  })
  return prepareChunk(task, source, () => checkOpen(closing))
}

/**
 * The evaluation clips of one video, f32 [clips, T, S, S, 3], normalised.
 * @throws VideoError when it cannot be read; Error when the pool closes
 */
export function prepareCentreClips(task: CentreTask): Float32Array {
  checkOpen(closing)
  return move(readCentreClips(task, flows)) as Float32Array
}

/** Clips of one video under every condition of background sensitivity. @throws as `prepareCentreClips` */
export function prepareConditions(task: ConditionsTask): ConditionClip[] {
  checkOpen(closing)
  return prepareConditionClips(task)
}

/** Clips of one video, colours not normalised, with their foreground. @throws as `prepareCentreClips` */
export function prepareMasked(task: MaskedTask): MaskedClip[] {
  checkOpen(closing)
  const clips = readMaskedClips(task.subject, task, task.config)
  if (!task.withFlow) return clips
  const fields = readFlowClips(task.subject.video, task, task.config, flows)
  return clips.map((clip, i) => ({ ...clip, flow: fields[i] }))
}

/** A video with its objects, tracked without a network. @throws as `trackVideo` */
export function prepareTracks(task: TrackTask): Promise<TrackedVideo> {
  checkOpen(closing)
  return trackVideo(task, () => checkOpen(closing))
}
