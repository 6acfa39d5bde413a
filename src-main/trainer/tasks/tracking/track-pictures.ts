import {
  TRACKED_BY,
  type TrackedBy,
  type TrackedVideoRow,
} from '#shared/tasks/tracking/artefact.ts'
import type { FrameSize } from '#shared/tracking/contour-accuracy.ts'
import { resizeLabels } from '#shared/tracking/track-score.ts'
import { frameOf } from '#shared/tracking/trackers/tracker.ts'
import { writeStrip } from '../../evaluation/pictures.ts'
import type { CollectedTrack } from '../../loader/tracking/track-collector.ts'
import type { TrackedVideo } from '../../loader/tracking/track-video.ts'

/**
 * Writes a tracked video small: its frames, the true labels, and those of every tracker.
 * @param folder of the evaluation
 * @param place of the video in its list
 */
export async function writeTrackPictures(
  folder: string,
  place: number,
  { sequence, truth, shown }: Pick<TrackedVideo, 'sequence' | 'truth' | 'shown'>,
  tracks: Partial<Record<TrackedBy, CollectedTrack>>,
): Promise<NonNullable<TrackedVideoRow['pictures']>> {
  const size = { height: shown.height, width: shown.width }
  const frames = shown.frames.length
  const write = (name: string, data: Uint8Array, channels: 1 | 3): Promise<string> =>
    writeStrip(folder, `${name}-${place}`, { data, frames, ...size, channels })
  const pixels = truth.height * truth.width
  const trueLabels = shown.frames.map((t) =>
    resizeLabels(truth.data.subarray(t * pixels, (t + 1) * pixels), truth, size),
  )
  const clip = shown.frames.map((t) => shrink(frameOf(sequence, t), sequence, size))
  const labels: Partial<Record<TrackedBy, string>> = {}
  for (const name of TRACKED_BY) {
    const track = tracks[name]
    if (track) labels[name] = await write(`labels-${name}`, track.shown, 1)
  }
  return {
    frames,
    ...size,
    tracks: labels,
    clip: await write('clip', Buffer.concat(clip), 3),
    truth: await write('truth', Buffer.concat(trueLabels), 1),
  }
}

/** A frame of [H, W, 3] reduced: each pixel is the mean of those that it covers. */
function shrink(frame: Uint8Array, from: FrameSize, to: FrameSize): Uint8Array {
  const sums = new Float64Array(to.height * to.width * 3)
  const counts = new Float64Array(to.height * to.width)
  for (let y = 0, i = 0; y < from.height; y++) {
    const row = Math.floor((y * to.height) / from.height) * to.width
    for (let x = 0; x < from.width; x++, i += 3) {
      const at = row + Math.floor((x * to.width) / from.width)
      counts[at]++
      for (let c = 0; c < 3; c++) sums[3 * at + c] += frame[i + c]
    }
  }
  return new Uint8Array(sums.length).map((_, i) => Math.round(sums[i] / counts[Math.floor(i / 3)]))
}
