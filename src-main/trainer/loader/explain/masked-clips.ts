import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskSources } from '#shared/tasks/artefact.ts'
import { createMasker, type Masker } from '#shared/fame/masker.ts'
import { evenlySpacedClips } from '../../../video/clip-sampling.ts'
import { VideoReader } from '../../../video/reader.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import { fillFame, storedMask } from '../clip-masks.ts'
import { resizeAndCropCentre } from '#shared/fame/resample.ts'

/** A video and where its true masks are, if there are any. */
export interface MaskedVideo {
  video: TrainerVideo
  /** Absolute path of a gray video of as many frames; see `trueMaskFile`. */
  truth: string | null
}

/** The centre of a clip, as evaluation sees it, and its foreground. */
export interface MaskedClip {
  /** [T, S, S, 3], [0, 1]: colours not normalised. */
  data: Float32Array
  /** [T, S, S] u8, or [1, S, S] where one mask is that of all frames. */
  mask: Uint8Array
  source: keyof MaskSources
  /** The flow of the clip, [T, S, S, 3], [0, 1], where it is asked for. */
  flow?: Float32Array
}

export interface ClipRange {
  /** How many evenly spaced clips the video has. */
  clips: number
  /** Of these, `from` to `to - 1`. */
  from: number
  to: number
}

/**
 * Evenly spaced clips of a video with their foreground: the true masks frame by frame where there
 * are any; else the mask that a person corrected or approved for the clip; else FAME's own.
 * @throws VideoError when the video or its masks cannot be read
 */
export function readMaskedClips(
  { video, truth }: MaskedVideo,
  range: ClipRange,
  config: PretrainConfig,
): MaskedClip[] {
  const { size } = config
  const places = evenlySpacedClips(video.frames, range.clips, config).slice(range.from, range.to)
  const pictures = new CentreFrames(video.path, size)
  const masks = truth === null ? null : new CentreFrames(truth, size)
  try {
    return places.map((indices) => {
      const data = pictures.read(indices)
      if (masks) return { data, mask: foregroundOf(masks.read(indices)), source: 'true' }
      const about = { video, length: video.frames, frame: pictures.frame, data }
      const place = { start: indices[0], frames: config.frames, stride: config.stride }
      return { data, ...ownMask({ ...about, place }, config) }
    })
  } finally {
    pictures.close()
    masks?.close()
  }
}

/** Frames of one video cut as for evaluation. */
class CentreFrames {
  private readonly reader: VideoReader
  private readonly size: number

  constructor(path: string, size: number) {
    this.reader = VideoReader.open(path)
    this.size = size
  }

  /** Of the video, in pixels. */
  get frame(): { height: number; width: number } {
    const { height, width } = this.reader.info
    return { height, width }
  }

  /** [n, S, S, 3], [0, 1] */
  read(indices: readonly number[]): Float32Array {
    const { size } = this
    const length = size * size * 3
    const out = new Float32Array(indices.length * length)
    // In their order, since going back decodes from the start; one by one, since all of a clip at
    // full size can take gigabytes.
    const order = Array.from(indices.keys()).sort((a, b) => indices[a] - indices[b])
    for (const place of order) {
      const frame = this.reader.readFrames([indices[place]])
      resizeAndCropCentre(frame, size, out.subarray(place * length, (place + 1) * length))
    }
    return out
  }

  close(): void {
    this.reader.close()
  }
}

/** Which pixels of gray pictures are white: [n, S, S, 3] -> [n, S, S] */
function foregroundOf(pictures: Float32Array): Uint8Array {
  return Uint8Array.from({ length: pictures.length / 3 }, (_, i) => Number(pictures[i * 3] > 0.5))
}

type AboutClip = Parameters<typeof storedMask>[0] & Parameters<typeof fillFame>[0]

function ownMask(clip: AboutClip, config: PretrainConfig): Pick<MaskedClip, 'mask' | 'source'> {
  const { size } = config
  const stored = storedMask(clip, () => undefined)
  if (stored) {
    const { height, width } = clip.frame
    const gray = new Uint8Array(height * width * 3)
    stored.mask.data.forEach((value, i) => gray.fill(255 * value, 3 * i, 3 * i + 3))
    const cut = new Float32Array(size * size * 3)
    resizeAndCropCentre({ data: gray, frames: 1, height, width }, size, cut)
    return { mask: foregroundOf(cut), source: stored.kind }
  }
  const mask = new Uint8Array(size * size)
  fillFame(clip, mask, { config, masker: maskerFor(size) })
  return { mask, source: 'fame' }
}

let masker: Masker | null = null

/** Buffers are made once a thread: an evaluation has one crop size. */
function maskerFor(size: number): Masker {
  if (masker?.height !== size) masker = createMasker(size, size)
  return masker
}
