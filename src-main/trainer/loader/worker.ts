/** Entry of a loader thread: everything between a video file and a clip that the encoder takes. */
import { workerData } from 'node:worker_threads'
import { move } from 'piscina'
import type { BatchTask, BatchTaskResult, CentreTask, DecodedVideo } from './batch-task.ts'
import { readCentreClips } from './centre-clips.ts'
import { prepareChunk } from './prepare-chunk.ts'
import { VideoSource, type IndexedVideo } from './video-source.ts'

const { videos } = workerData as { videos: IndexedVideo[] }

/** One part of a pretraining batch. @throws Error when no video can be read. */
export async function prepareBatch(task: BatchTask): Promise<BatchTaskResult> {
  const known = new Map<number, DecodedVideo>()
  for (const { video, decoded } of task.slots) if (decoded) known.set(video, decoded)
  return prepareChunk(task, new VideoSource(videos, known, task.keep))
}

/** The evaluation clips of one video, f32 [clips, T, S, S, 3], normalised. */
export function prepareCentreClips(task: CentreTask): Float32Array {
  return move(readCentreClips(task)) as Float32Array
}
