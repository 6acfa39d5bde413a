/**
 * YouTube-VIS JSON: a video with its frames, and an annotation a window: the mask at each frame of
 * the window, its own where it has one, null at the others. What the format has no fields for stands in `fame_workbench`.
 */
import { clipFrames } from '#shared/fame/clip-window.ts'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { AnnotationFile } from './annotation-file.ts'
import { extentOf, toCocoRle, type CocoExtent, type CocoRle } from './coco-rle.ts'
import { detailsOf, type MaskFormat, type MaskRecord, type MaskWriter } from './record.ts'
import { readYoutubeVis } from './youtube-vis-reader.ts'

export const youtubeVis: MaskFormat = {
  create: async (out) => new YoutubeVisWriter(await AnnotationFile.create(out, 'videos')),
  read: readYoutubeVis,
}

class YoutubeVisWriter implements MaskWriter {
  private readonly file: AnnotationFile
  /** Ids by data set and path. */
  private readonly videos = new Map<string, number>()

  constructor(file: AnnotationFile) {
    this.file = file
  }

  async write(record: MaskRecord): Promise<boolean> {
    const { mask, width, height } = record
    if (mask === null || width === null || height === null) return false
    const length = record.length ?? lastFrame(record) + 1
    const { byFrame = [] } = record
    const clip = drawn(mask, height, width)
    const own = new Map(byFrame.map((one) => [one.frame, drawn(one.mask, height, width)]))
    const inside = new Map<number, Drawn>()
    clipFrames(record.start, record).forEach((frame, t) => {
      inside.set(frame % length, own.get(t) ?? clip)
    })
    const each = <Key extends keyof Drawn>(key: Key) =>
      Array.from({ length }, (_, frame) => inside.get(frame)?.[key] ?? null)
    await this.file.annotate(record.class, {
      video_id: await this.videoId(record, length),
      width,
      height,
      segmentations: each('rle'),
      bboxes: each('bbox'),
      areas: each('area'),
      fame_workbench: { ...detailsOf(record), ...(own.size > 0 && { clip: clip.rle }) },
    })
    return true
  }

  end(): Promise<void> {
    return this.file.end()
  }

  abort(): Promise<void> {
    return this.file.abort()
  }

  /** The video's id; writes the video where it comes first. */
  private async videoId(record: MaskRecord, length: number): Promise<number> {
    const { dataset, path, width, height } = record
    const key = JSON.stringify([dataset, path])
    const known = this.videos.get(key)
    if (known !== undefined) return known
    const id = this.videos.size + 1
    this.videos.set(key, id)
    const folder = path.replace(/\.[^./]*$/, '')
    const file_names = Array.from(
      { length },
      (_, frame) => `${folder}/${String(frame).padStart(5, '0')}.jpg`,
    )
    const own = { dataset, path }
    await this.file.addPicture({ id, width, height, length, file_names, fame_workbench: own })
    return id
  }
}

/** A mask as the format has it. */
interface Drawn extends CocoExtent {
  rle: CocoRle
}

function drawn(mask: MaskRuns, height: number, width: number): Drawn {
  return { rle: toCocoRle(mask, height, width), ...extentOf(mask, width) }
}

function lastFrame({ start, frames, stride }: MaskRecord): number {
  return start + (frames - 1) * stride
}
