/**
 * YouTube-VIS JSON: a video with its frames, and an annotation a window: the mask at each frame of
 * the window, null at the others. What the format has no fields for stands in `fame_workbench`.
 */
import { z } from 'zod'
import { MaskError } from '#shared/masks/mask.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import { AnnotationFile } from './annotation-file.ts'
import { extentOf, toCocoRle, union } from './coco-rle.ts'
import { runsOf, segmentationSchema } from './coco-segmentation.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import {
  detailsOf,
  issuesOf,
  recordDetailsSchema,
  type MaskFormat,
  type MaskRecord,
  type MaskWriter,
  type ReadRow,
} from './record.ts'

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
      ...{ width, height },
      ...{ segmentations: each(rle), bboxes: each(bbox), areas: each(area) },
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

const idSchema = z.union([z.number(), z.string()])

const videoSchema = z.object({
  id: idSchema,
  width: z.number(),
  height: z.number(),
  length: z.number().int().min(1).nullish(),
  file_names: z.array(z.string()).optional(),
  fame_workbench: z.object({ dataset: z.string().nullable(), path: z.string() }).optional(),
})

const annotationSchema = z.object({
  video_id: idSchema,
  segmentations: z.array(segmentationSchema.nullable()),
  fame_workbench: z.record(z.string(), z.unknown()).optional(),
})
type Annotation = z.infer<typeof annotationSchema>

interface Video {
  dataset: string | null
  path: string
  width: number
  height: number
  length: number | null
}

/** Videos first, wherever they stand in the file, then annotations one by one. */
async function* readYoutubeVis(file: string): AsyncGenerator<ReadRow, void, undefined> {
  const videos = new Map<number | string, Video>()
  for await (const item of arrayItems(file, ['videos'])) {
    const fault = takeVideo(item, videos)
    if (fault) yield fault
  }
  for await (const item of arrayItems(file, ['annotations'])) yield annotationRow(item, videos)
}

function takeVideo(item: ArrayItem, videos: Map<number | string, Video>): ReadRow | null {
  const where = `video ${item.index + 1}`
  const { data, error } = videoSchema.safeParse(parsed(item))
  if (!data) {
    return { where, path: null, fault: `It is no video of YouTube-VIS: ${issuesOf(error)}.` }
  }
  const { id, width, height, length = null, file_names: names = [] } = data
  // Others name a video by the folder of its frames.
  const path = data.fame_workbench?.path ?? names[0]?.replace(/\/[^/]*$/, '')
  if (!path) return { where, path: null, fault: 'It has no file_names, so it names no video.' }
  const dataset = data.fame_workbench?.dataset ?? null
  videos.set(id, { dataset, path, width, height, length })
  return null
}

function annotationRow(item: ArrayItem, videos: ReadonlyMap<number | string, Video>): ReadRow {
  const where = `annotation ${item.index + 1}`
  const { data, error } = annotationSchema.safeParse(parsed(item))
  if (!data) {
    return { where, path: null, fault: `It is no annotation of YouTube-VIS: ${issuesOf(error)}.` }
  }
  const video = videos.get(data.video_id)
  if (!video) return { where, path: null, fault: `There is no video ${data.video_id} that fits.` }
  const { path } = video
  try {
    const details = recordDetailsSchema.safeParse({
      ...video,
      ...(data.fame_workbench ?? windowOfFrames(data)),
      ...{ width: video.width, height: video.height },
    })
    if (!details.success) return { where, path, fault: `${issuesOf(details.error)}.` }
    return { where, record: { ...details.data, fame: null, mask: maskOf(data, video) } }
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return { where, path, fault: thrown.message }
  }
}

/** @throws MaskError when the frames with a mask are no clip */
function windowOfFrames({ segmentations }: Annotation) {
  const inside = segmentations.flatMap((mask, frame) => (mask === null ? [] : [frame]))
  const stride = (inside[1] ?? NaN) - inside[0]
  const uneven = inside.some((frame, i) => frame !== inside[0] + i * stride)
  if (inside.length < 2 || uneven) {
    throw new MaskError('Its masks are no clip: expected 2 frames or more at equal distances.')
  }
  return { start: inside[0], frames: inside.length, stride }
}

/** The union over the frames: a window has one mask. @throws MaskError when one is damaged */
function maskOf({ segmentations }: Annotation, video: Video): number[] {
  const masks = new Map<string, number[]>()
  for (const segmentation of segmentations) {
    if (segmentation === null) continue
    const key = JSON.stringify(segmentation)
    if (!masks.has(key)) masks.set(key, runsOf(segmentation, video))
  }
  if (masks.size === 0) throw new MaskError('It has no mask at any frame.')
  return union([...masks.values()], video.width * video.height)
}
