import { LRUCache } from 'lru-cache'
import type { FramePicture, PictureRequest } from './decoder-protocol.ts'
import { encodePicture } from './picture.ts'
import type { PictureSize, RgbFrames, VideoReader } from './reader.ts'
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
    const { index } = request
    const soon =
      this.keptFor(reader).get(keyOf(request, index)) ?? (await this.soon(reader, request))
    if (soon) return soon
    await drive(reader.approach(index))
    return this.keep(
      reader,
      request,
      index,
      reader.readFramesScaled([index], sizeOf(reader, request)),
    )
  }

  /** The near picture that is asked for; null where none is, or none is to hand. */
  private async soon(reader: VideoReader, request: PictureRequest): Promise<FramePicture | null> {
    if (!request.near) return null
    const kept = this.keptFor(reader)
    const size = sizeOf(reader, request)
    const isSoon = reader.ahead(request.index) <= SOON
    const index = isSoon
      ? request.index
      : nearestOf(request.index, nearestKept(kept, request), reader.nearestAtHand(request.index))
    if (index === null) return null
    const ready = kept.get(keyOf(request, index))
    if (ready) return ready
    const frames = isSoon ? reader.readFramesScaled([index], size) : reader.readAtHand(index, size)
    return frames && this.keep(reader, request, index, frames)
  }

  private async keep(
    reader: VideoReader,
    kind: PictureKind,
    index: number,
    frames: RgbFrames,
  ): Promise<FramePicture> {
    const picture = { index, bytes: await encodePicture(frames, kind.format) }
    this.keptFor(reader).set(keyOf(kind, index), picture)
    return picture
  }

  private keptFor(reader: VideoReader): KeptPictures {
    const kept = this.kept.get(reader) ?? keptPictures()
    this.kept.set(reader, kept)
    return kept
  }
}

type PictureKind = Pick<PictureRequest, 'format' | 'width'>

/** Encoded pictures by kind and number. */
type KeptPictures = LRUCache<string, FramePicture>

const keptPictures = (): KeptPictures =>
  new LRUCache({ maxSize: KEPT_BYTES, sizeCalculation: ({ bytes }) => bytes.length })

/** Index of the kept picture of this kind whose frame is nearest to `index`. */
function nearestKept(
  pictures: KeptPictures,
  { index, ...kind }: PictureKind & { index: number },
): number | null {
  const numbers: number[] = []
  for (const [key, picture] of pictures.entries()) {
    if (key === keyOf(kind, picture.index)) numbers.push(picture.index)
  }
  return nearestOf(index, ...numbers)
}

function keyOf({ format, width }: PictureKind, index: number): string {
  return `${format} ${width} ${index}`
}

/** The size of pictures `width` wide, at the video's own shape; null for the video's size. */
export function sizeOf({ info }: VideoReader, { width }: { width: number | null }): PictureSize {
  if (width === null) return info
  return { width, height: Math.max(1, Math.round((info.height * width) / info.width)) }
}
