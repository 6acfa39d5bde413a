/**
 * COCO JSON: an image a window, named `<video>#<start>-<frames>x<stride>`, with one annotation whose
 * `segmentation` is a compressed RLE, and a category a class. What COCO has no fields for stands in
 * `fame_workbench` of image and annotation, which other readers pass over.
 */
import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { AnnotationFile } from './annotation-file.ts'
import { extentOf, toCocoRle, union, type CocoRle } from './coco-rle.ts'
import { readOwnFrames } from './frame-records.ts'
import { readSegmentation, rleSchema, segmentationSchema } from './coco-segmentation.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import {
  detailsOf,
  fieldsOf,
  issuesOf,
  recordDetailsSchema,
  type MaskFormat,
  type MaskRecord,
  type MaskWriter,
  type ReadRow,
  type RecordDetails,
} from './record.ts'

export const coco: MaskFormat = {
  create: async (out) => new CocoWriter(await AnnotationFile.create(out, 'images')),
  read: readCoco,
}

class CocoWriter implements MaskWriter {
  private readonly file: AnnotationFile
  private images = 0

  constructor(file: AnnotationFile) {
    this.file = file
  }

  async write(record: MaskRecord): Promise<boolean> {
    const id = ++this.images
    const { width, height, mask } = record
    const image = { id, file_name: imageName(record), width, height }
    await this.file.addPicture({ ...image, fame_workbench: detailsOf(record) })
    if (mask === null || width === null || height === null) return true
    await this.file.annotate(record.class, {
      image_id: id,
      ...extentOf(mask, width),
      segmentation: toCocoRle(mask, height, width),
      ...ownPixels(record, (runs) => toCocoRle(runs, height, width)),
    })
    return true
  }

  end(): Promise<void> {
    return this.file.end()
  }

  abort(): Promise<void> {
    return this.file.abort()
  }
}

/** FAME's mask and those of frames, which COCO has no fields for. */
function ownPixels({ fame, byFrame = [] }: MaskRecord, rleOf: (runs: MaskRuns) => CocoRle) {
  if (!fame && byFrame.length === 0) return {}
  const frames = byFrame.map(({ mask, ...one }) => ({ ...one, segmentation: rleOf(mask) }))
  return {
    fame_workbench: {
      ...(fame && { fame: rleOf(fame) }),
      ...(frames.length > 0 && { frames }),
    },
  }
}

function imageName({ path, start, frames, stride }: MaskRecord): string {
  return `${path}#${start}-${frames}x${stride}`
}

/** The window that an image's name tells, for files that others wrote. */
export function windowOfName(name: string): Record<string, unknown> | null {
  const found = /^(.+)#(\d+)-(\d+)x(\d+)$/s.exec(name)
  if (!found) return null
  const [start, frames, stride] = found.slice(2).map(Number)
  return { path: found[1], start, frames, stride }
}

const idSchema = z.union([z.number(), z.string().max(4096)])

const imageSchema = z.object({
  id: idSchema,
  file_name: z.string(),
  width: z.number().nullish(),
  height: z.number().nullish(),
  fame_workbench: z.record(z.string(), z.unknown()).optional(),
})

const ofImageSchema = z.object({ image_id: idSchema })

const annotationSchema = z.object({
  segmentation: segmentationSchema,
  fame_workbench: z
    .object({
      fame: rleSchema.optional(),
      frames: z
        .array(z.object({ frame: z.number(), source: z.string(), segmentation: rleSchema }))
        .max(128)
        .optional(),
    })
    .optional(),
})

interface Image {
  where: string
  details: RecordDetails
  /** Place of its last annotation in the file; null where it has none. */
  last: number | null
}
/** By their ids, as texts: some programs write them as numbers here and as texts there. */
type Images = Map<string, Image | null>

/** Images first, then masks in the order of the file: an image is given with its last annotation. */
async function* readCoco(file: string): AsyncGenerator<ReadRow, void, undefined> {
  /** An image is null when it has been found not to fit. */
  const images: Images = new Map()
  const lasts = new Map<string, number>()
  for await (const item of arrayItems(file, ['images', 'annotations'])) {
    if (item.key === 'images') {
      const fault = takeImage(item, images)
      if (fault) yield fault
    } else {
      const { data } = ofImageSchema.safeParse(parsed(item))
      if (data) lasts.set(String(data.image_id), item.index)
    }
  }
  for (const [id, last] of lasts) {
    const image = images.get(id)
    if (image) image.last = last
  }
  const waiting = new Map<string, Pixels>()
  for await (const item of arrayItems(file, ['annotations'])) {
    yield* takeAnnotation(item, images, waiting)
  }
  for (const image of images.values()) {
    if (image?.last !== null) continue
    yield { where: image.where, record: { ...fieldsOf(image.details), fame: null, mask: null } }
  }
}

/** Adds an image, or says what is wrong with it. */
function takeImage(item: ArrayItem, images: Images): ReadRow | null {
  const where = `image ${item.index + 1}`
  const { data, error } = imageSchema.safeParse(parsed(item))
  if (!data) return { where, path: null, fault: `It is not an image of COCO: ${issuesOf(error)}.` }
  const path = data.file_name
  const id = String(data.id)
  if (images.has(id)) return { where, path, fault: `Another image also has the id ${id}.` }
  images.set(id, null)
  const own = data.fame_workbench ?? windowOfName(path)
  if (!own) {
    const fault = 'Its name gives no clip. Name it <video>#<start>-<frames>x<stride>.'
    return { where, path, fault }
  }
  const size = { width: data.width ?? null, height: data.height ?? null }
  const details = recordDetailsSchema.safeParse({ ...own, ...size })
  if (!details.success) return { where, path, fault: `${issuesOf(details.error)}.` }
  images.set(id, { where, details: details.data, last: null })
  return null
}

const NO_PIXELS = { mask: null, fame: null, frames: new Map<number, MaskRuns>(), fault: null }

/** What an image's annotations have given so far. */
interface Pixels {
  /** The union of its objects. */
  mask: MaskRuns | null
  fame: MaskRuns | null
  /** By the number of the frame. */
  frames: ReadonlyMap<number, MaskRuns>
  width: number | null
  height: number | null
  fault: string | null
}

/** Adds an annotation to its image, and gives the image when that was the last. */
function* takeAnnotation(
  item: ArrayItem,
  images: Images,
  waiting: Map<string, Pixels>,
): Generator<ReadRow, void, undefined> {
  const where = `annotation ${item.index + 1}`
  const value = parsed(item)
  const { data, error } = ofImageSchema.safeParse(value)
  if (!data) {
    yield { where, path: null, fault: `It is not an annotation of COCO: ${issuesOf(error)}.` }
    return
  }
  const id = String(data.image_id)
  const image = images.get(id)
  if (image === undefined) {
    yield { where, path: null, fault: `It belongs to image ${id}, which does not exist.` }
  }
  if (!image) return
  const { width, height } = image.details
  const pixels = waiting.get(id) ?? { ...NO_PIXELS, width, height }
  waiting.set(id, pixels)
  pixels.fault ??= addMask(pixels, value, where)
  if (image.last !== item.index) return
  waiting.delete(id)
  yield rowOf(image, pixels)
}

/** @returns what is wrong with the annotation */
function addMask(pixels: Pixels, value: unknown, where: string): string | null {
  const { data, error } = annotationSchema.safeParse(value)
  if (!data) return `Its ${where} has no mask that can be read: ${issuesOf(error)}.`
  try {
    const { runs, ...size } = readSegmentation(data.segmentation, pixels)
    Object.assign(pixels, size)
    const { mask } = pixels
    pixels.mask = mask === null ? runs : union([mask, runs], size.width * size.height)
    const fame = data.fame_workbench?.fame
    if (fame) pixels.fame = readSegmentation(fame, pixels).runs
    pixels.frames = new Map(
      data.fame_workbench?.frames?.map(({ frame, segmentation }) => [
        frame,
        readSegmentation(segmentation, pixels).runs,
      ]) ?? pixels.frames,
    )
    return null
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return thrown.message
  }
}

function rowOf({ where, details }: Image, pixels: Pixels): ReadRow {
  const { mask, fame, frames, width, height } = pixels
  const { ownFrames = [], ...fields } = details
  const lacking = ownFrames.find(([frame]) => !frames.has(frame))
  const fault = pixels.fault ?? (lacking ? `Its frame ${lacking[0]} has no mask.` : null)
  if (fault !== null) return { where, path: details.path, fault }
  const record = { ...fields, width, height, fame, mask }
  try {
    const byFrame = readOwnFrames(ownFrames, fields.frames, (frame) => frames.get(frame)!)
    return { where, record: byFrame.length > 0 ? { ...record, byFrame } : record }
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return { where, path: details.path, fault: thrown.message }
  }
}
