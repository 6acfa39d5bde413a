import type { FrameSize } from '#shared/tracking/contour-accuracy.ts'
import { resizeLabels } from '#shared/tracking/track-score.ts'
import { trackers } from '#shared/tracking/trackers/index.ts'
import { trackerDescriptors, TRACKERS, type TrackerName } from '#shared/tracking/trackers/names.ts'
import type { Sequence } from '#shared/tracking/trackers/tracker.ts'
import { readableBytes } from '../../../base/readable-bytes.ts'
import { VideoReader } from '../../../video/reader.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import { readTruth, type ObjectTruth, type TruthSource } from './object-truth.ts'
import {
  objectsIn,
  TrackCollector,
  type CollectedTrack,
  type ShownFrames,
} from './track-collector.ts'

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
  shown: ShownFrames
  tracks: Record<TrackerName, CollectedTrack>
}

/** Bytes that the frames and the true labels of a video may take together. */
const MOST_BYTES = 1e9
/** Most frames of a strip: browsers show no picture of more than 16,384 pixels. */
const MOST_SHOWN = 48
/** Short side of its frames, pixels. */
const SHOWN_SIDE = 120

/**
 * Reads a video and runs the trackers that need no network.
 * @param goesOn throws when no more is wanted
 * @throws Error when it has fewer than three frames, is too large, or has no objects in the first
 *   frame; as `readTruth`
 */
export async function trackVideo(task: TrackTask, goesOn: () => void): Promise<TrackedVideo> {
  const frames = Math.min(task.frames, task.video.frames)
  if (frames < 3)
    throw new Error('it has fewer than three frames, and the first and the last are not scored')
  const { sequence, truth } = await readSequence(task, frames)
  goesOn()
  const shown = shownFrames(sequence)
  const tracks: Partial<TrackedVideo['tracks']> = {}
  for (const name of TRACKERS) {
    const apart = trackerDescriptors[name].isGivenFirst
    const collector = new TrackCollector({ truth, sequence, shown, apart })
    let t = 1
    for (const labels of trackers[name](sequence)) {
      collector.add(t++, labels)
      goesOn()
    }
    tracks[name] = collector.track
  }
  return { sequence, truth, shown, tracks: tracks as TrackedVideo['tracks'] }
}

async function readSequence(
  { video, truth: source, size, stride }: TrackTask,
  frames: number,
): Promise<Pick<TrackedVideo, 'sequence' | 'truth'>> {
  const reader = VideoReader.open(video.path)
  try {
    const scaled = scaledSize(reader.info, size, stride)
    checkBytes(frames, reader.info, scaled)
    const truth = await readTruth(source, frames)
    const objects = objectsIn(truth)
    if (objects === 0) throw new Error('its first frame has no object to follow')
    const indices = Array.from({ length: frames }, (_, t) => t)
    const { data } = reader.readFramesScaled(indices, scaled)
    const first = resizeLabels(truth.data.subarray(0, truth.height * truth.width), truth, scaled)
    return { truth, sequence: { frames, ...scaled, data, first, labels: objects + 1 } }
  } finally {
    reader.close()
  }
}

/** The short side as asked for and the other in proportion, both rounded down to whole cells. */
export function scaledSize({ height, width }: FrameSize, size: number, stride: number): FrameSize {
  const scale = size / Math.min(height, width)
  const whole = (side: number): number =>
    Math.max(stride, Math.floor((side * scale + 1e-9) / stride) * stride)
  return { height: whole(height), width: whole(width) }
}

/** Before any of it is taken. @throws Error */
function checkBytes(frames: number, full: FrameSize, scaled: FrameSize): void {
  const bytes = frames * (full.height * full.width + 3 * scaled.height * scaled.width)
  if (bytes <= MOST_BYTES) return
  throw new Error(
    `${frames} frames of ${full.width} x ${full.height} pixels take ${readableBytes(bytes)} with their labels, ` +
      `and ${readableBytes(MOST_BYTES)} are allowed; track fewer frames`,
  )
}

/** Evenly spaced, with the first and the last. */
function shownFrames({ frames: length, height, width }: Sequence): ShownFrames {
  const count = Math.min(length, MOST_SHOWN)
  const scale = Math.min(1, SHOWN_SIDE / Math.min(height, width))
  return {
    height: Math.round(height * scale),
    width: Math.round(width * scale),
    frames: Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1))),
  }
}
