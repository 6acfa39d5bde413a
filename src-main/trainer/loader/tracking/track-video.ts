import type { FrameSize } from '#shared/tracking/contour-accuracy.ts'
import type { Tracks } from '#shared/tasks/tracking/artefact.ts'
import { resizeLabels, scoreTrack, type ObjectTrack } from '#shared/tracking/track-score.ts'
import { trackers } from '#shared/tracking/trackers/index.ts'
import { trackerDescriptors, TRACKERS, type TrackerName } from '#shared/tracking/trackers/names.ts'
import type { Sequence } from '#shared/tracking/trackers/tracker.ts'
import { VideoReader } from '../../../video/reader.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import { readTruth, type ObjectTruth, type TruthSource } from './object-truth.ts'

export interface TrackTask {
  video: TrainerVideo
  truth: TruthSource
  /** Short side of the frames that are tracked, pixels. */
  size: number
  /** Sides are multiples of it, pixels. */
  stride: number
  /** Most frames. */
  frames: number
}

/** A video with its objects, and what every tracker without a network has found. */
export interface TrackedVideo {
  sequence: Sequence
  truth: ObjectTruth
  tracks: Omit<Tracks, 'encoder'>
  /** Labels at the size of the sequence, [T - 1, H, W]. */
  labels: Record<TrackerName, Uint8Array[]>
}

/**
 * Reads a video and runs the trackers that need no network.
 * @param goesOn throws when no more is wanted
 * @throws Error when it has fewer than three frames or no objects in the first; as `readTruth`
 */
export async function trackVideo(task: TrackTask, goesOn: () => void): Promise<TrackedVideo> {
  const frames = Math.min(task.frames, task.video.frames)
  if (frames < 3) throw new Error('it has fewer than three frames, of which the middle ones count')
  const truth = await readTruth(task.truth, frames)
  goesOn()
  const sequence = readSequence(task, truth)
  const tracks: TrackedVideo['tracks'] = {}
  const labels: Partial<TrackedVideo['labels']> = {}
  for (const name of TRACKERS) {
    const found: Uint8Array[] = []
    for (const frame of trackers[name](sequence)) {
      found.push(frame)
      goesOn()
    }
    labels[name] = found
    tracks[name] = scoreAgainst(truth, found, sequence, trackerDescriptors[name].isGivenFirst)
  }
  return { sequence, truth, tracks, labels: labels as TrackedVideo['labels'] }
}

/**
 * Scores labels of another size against the true ones.
 * @param apart whether objects are told apart; else all of them are one
 */
export function scoreAgainst(
  truth: ObjectTruth,
  found: readonly Uint8Array[],
  from: FrameSize,
  apart: boolean,
): ObjectTrack[] {
  const full = found.map((labels) => resizeLabels(labels, from, truth))
  const { height, width, data } = truth
  if (apart) return scoreTrack(data, full, { height, width, objects: objectsIn(truth) })
  const joined = data.map((label) => Number(label > 0))
  return scoreTrack(joined, full, { height, width, objects: 1 })
}

/** The largest label of the first frame. */
export function objectsIn({ data, height, width }: ObjectTruth): number {
  return data.subarray(0, height * width).reduce((most, label) => Math.max(most, label), 0)
}

function readSequence({ video, size, stride }: TrackTask, truth: ObjectTruth): Sequence {
  const objects = objectsIn(truth)
  if (objects === 0) throw new Error('its first frame has no object to follow')
  const reader = VideoReader.open(video.path)
  try {
    const scaled = scaledSize(reader.info, size, stride)
    const indices = Array.from({ length: truth.frames }, (_, t) => t)
    const { data } = reader.readFramesScaled(indices, scaled)
    const first = truth.data.subarray(0, truth.height * truth.width)
    return {
      ...{ frames: truth.frames, ...scaled, data },
      first: resizeLabels(first, truth, scaled),
      labels: objects + 1,
    }
  } finally {
    reader.close()
  }
}

/** The short side as asked for and the other in proportion, both rounded down to whole cells. */
function scaledSize({ height, width }: FrameSize, size: number, stride: number): FrameSize {
  const scale = size / Math.min(height, width)
  const whole = (side: number): number =>
    Math.max(stride, Math.floor((side * scale + 1e-9) / stride) * stride)
  return { height: whole(height), width: whole(width) }
}
