import type { FramePicture, PictureRequest } from './decoder-protocol.ts'
import { encodePicture } from './picture.ts'
import type { PictureSize, VideoReader } from './reader.ts'
import { nearestOf } from './recent-frames.ts'

/** Bytes of encoded pictures that are kept for each open video. */
const KEPT_BYTES = 8e6

/** Pixels whose decoding takes so little that nearer pictures are not looked for: some 15 ms. */
const SOON = 4e6

/** Goes through the steps of a decoding; others may be attended to between them. */
export type Drive = (steps: Iterator<void, void>) => Promise<void>

/** Pictures of frames. Those sent last are kept, as are the frames decoded last (see `VideoReader`). */
export class PictureJobs {
  private readonly kept = new WeakMap<VideoReader, KeptPictures>()

  /** @throws VideoError as `VideoReader.readFrames`, and what `drive` throws */
  async run(reader: VideoReader, request: PictureRequest, drive: Drive): Promise<FramePicture> {
    const { index, format, width } = request
    const near = request.near ? await this.near(reader, request) : null
    const ready = near ?? this.keptFor(reader).get(request, index)
    if (ready) return ready
    await drive(reader.approach(index))
    const frames = reader.readFramesScaled([index], sizeOf(reader, width))
    return this.keep(reader, request, { index, bytes: await encodePicture(frames, format) })
  }

  /** The nearest picture to hand; null where the exact one takes as little, or there is none. */
  private async near(reader: VideoReader, request: PictureRequest): Promise<FramePicture | null> {
    const { index: wanted, format, width } = request
    const kept = this.keptFor(reader)
    if (kept.get(request, wanted) || reader.cost(wanted) <= SOON) return null
    const index = nearestOf(wanted, kept.nearest(request), reader.nearestAtHand(wanted))
    if (index === null) return null
    const ready = kept.get(request, index)
    if (ready) return ready
    const frames = reader.readAtHand(index, sizeOf(reader, width))
    if (!frames) return null
    return this.keep(reader, request, { index, bytes: await encodePicture(frames, format) })
  }

  private keep(reader: VideoReader, kind: PictureKind, picture: FramePicture): FramePicture {
    this.keptFor(reader).add(kind, picture)
    return picture
  }

  private keptFor(reader: VideoReader): KeptPictures {
    const kept = this.kept.get(reader) ?? new KeptPictures(KEPT_BYTES)
    this.kept.set(reader, kept)
    return kept
  }
}

type PictureKind = Pick<PictureRequest, 'format' | 'width'>

/** Encoded pictures, the oldest of which go first. */
class KeptPictures {
  private readonly limit: number
  private readonly pictures = new Map<string, FramePicture>()
  private bytes = 0

  /** @param limit bytes */
  constructor(limit: number) {
    this.limit = limit
  }

  get(kind: PictureKind, index: number): FramePicture | null {
    return this.pictures.get(keyOf(kind, index)) ?? null
  }

  /** Number of the frame nearest to `index` of which a picture of this kind is kept. */
  nearest({ index, ...kind }: PictureKind & { index: number }): number | null {
    const numbers: number[] = []
    for (const [key, picture] of this.pictures) {
      if (key === keyOf(kind, picture.index)) numbers.push(picture.index)
    }
    return nearestOf(index, ...numbers)
  }

  add(kind: PictureKind, picture: FramePicture): void {
    const key = keyOf(kind, picture.index)
    this.remove(key)
    this.pictures.set(key, picture)
    this.bytes += picture.bytes.length
    for (const oldest of this.pictures.keys()) {
      if (this.bytes <= this.limit) return
      this.remove(oldest)
    }
  }

  private remove(key: string): void {
    this.bytes -= this.pictures.get(key)?.bytes.length ?? 0
    this.pictures.delete(key)
  }
}

function keyOf({ format, width }: PictureKind, index: number): string {
  return `${format} ${width} ${index}`
}

/** The size of pictures `width` wide, at the video's own shape; null for the video's size. */
export function sizeOf({ info }: VideoReader, width: number | null): PictureSize {
  if (width === null) return info
  return { width, height: Math.max(1, Math.round((info.height * width) / info.width)) }
}
