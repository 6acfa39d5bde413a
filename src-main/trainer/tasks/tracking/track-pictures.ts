import type { TrackedBy, TrackedVideoRow } from '#shared/tasks/tracking/artefact.ts'
import { TRACKED_BY } from '#shared/tasks/tracking/artefact.ts'
import type { FrameSize } from '#shared/tracking/contour-accuracy.ts'
import { resizeLabels } from '#shared/tracking/track-score.ts'
import { frameOf } from '#shared/tracking/trackers/tracker.ts'
import { writeStrip } from '../../evaluation/pictures.ts'
import type { TrackedVideo } from '../../loader/tracking/track-video.ts'

/** Most frames of a strip: browsers show no picture of more than 16,384 pixels. */
const MOST_FRAMES = 48
/** Short side of its frames, pixels. */
const SIDE = 120

/**
 * Writes a tracked video small: its frames, the true labels, and those of every tracker.
 * @param folder of the evaluation
 * @param place of the video in its list
 */
export async function writeTrackPictures(
  folder: string,
  place: number,
  { sequence, truth, labels }: TrackedVideo & { labels: Partial<Record<TrackedBy, Uint8Array[]>> },
): Promise<NonNullable<TrackedVideoRow['pictures']>> {
  const size = smallSize(sequence)
  const shown = framesShown(sequence.frames)
  const write = (name: string, data: Uint8Array, channels: 1 | 3): Promise<string> =>
    writeStrip(folder, `${name}-${place}`, { data, frames: shown.length, ...size, channels })
  const frames = shown.map((t) => shrink(frameOf(sequence, t), sequence, size))
  const pixels = truth.height * truth.width
  const trueLabels = shown.map((t) =>
    resizeLabels(truth.data.subarray(t * pixels, (t + 1) * pixels), truth, size),
  )
  const tracks: Partial<Record<TrackedBy, string>> = {}
  for (const name of TRACKED_BY) {
    const found = labels[name]
    if (!found) continue
    const small = shown.map((t) => resizeLabels(labelsAt(found, t, sequence.first), sequence, size))
    tracks[name] = await write(`labels-${name}`, Buffer.concat(small), 1)
  }
  return {
    ...{ frames: shown.length, ...size, tracks },
    clip: await write('clip', Buffer.concat(frames), 3),
    truth: await write('truth', Buffer.concat(trueLabels), 1),
  }
}

function labelsAt(found: readonly Uint8Array[], t: number, first: Uint8Array): Uint8Array {
  return t === 0 ? first : found[t - 1]
}

function smallSize({ height, width }: FrameSize): FrameSize {
  const scale = Math.min(1, SIDE / Math.min(height, width))
  return { height: Math.round(height * scale), width: Math.round(width * scale) }
}

/** Evenly spaced, with the first and the last. */
function framesShown(frames: number): number[] {
  const count = Math.min(frames, MOST_FRAMES)
  return Array.from({ length: count }, (_, i) => Math.round((i * (frames - 1)) / (count - 1)))
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
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[Math.floor(i / 3)]))
}
