/**
 * YouTube-VIS JSON: a video with its frames, and an annotation a window: the mask at each frame of
 * the window, null at the others. What the format has no fields for stands in `fame_workbench`.
 */
import { clipFrames } from '#shared/fame/clip-window.ts'
import { AnnotationFile } from './annotation-file.ts'
import { extentOf, toCocoRle } from './coco-rle.ts'
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
    const rle = toCocoRle(mask, height, width)
    const { bbox, area } = extentOf(mask, width)
    const inside = new Set(clipFrames(record.start, record).map((frame) => frame % length))
    const each = <T>(value: T) =>
      Array.from({ length }, (_, frame) => (inside.has(frame) ? value : null))
    await this.file.annotate(record.class, {
      video_id: await this.videoId(record, length),
      width,
      height,
      segmentations: each(rle),
      bboxes: each(bbox),
      areas: each(area),
      fame_workbench: detailsOf(record),
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

function lastFrame({ start, frames, stride }: MaskRecord): number {
  return start + (frames - 1) * stride
}
