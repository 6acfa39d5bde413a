import { z } from 'zod'
import { MaskError } from '#shared/masks/mask.ts'
import type { ClipWindow, MaskRuns } from '#shared/contract/mask-windows.ts'
import { readSegmentation, rleSchema, segmentationSchema } from './coco-segmentation.ts'
import { readOwnFrames, type FrameRecord } from './frame-records.ts'
import { arrayItems, parsed, type ArrayItem } from './json-arrays.ts'
import {
  fieldsOf,
  issuesOf,
  recordDetailsSchema,
  type ReadOptions,
  type ReadRow,
} from './record.ts'
import { ObjectMasks } from './youtube-vis-objects.ts'
import {
  idSchema,
  listsAll,
  videoOf,
  videoSchema,
  windowAt,
  type Video,
} from './youtube-vis-video.ts'

const annotationSchema = z.object({
  video_id: idSchema,
  segmentations: z.array(segmentationSchema.nullable()),
  fame_workbench: z.record(z.string(), z.unknown()).optional(),
})
type Annotation = z.infer<typeof annotationSchema>

/** By their ids, as texts; null for one that has been found not to fit. */
type Videos = Map<string, Video | null>

/** Annotations of one video whose frames overlap: objects of one clip, as other programs have them. */
interface Scene {
  first: number
  last: number
  /** Places in the file. */
  annotations: number[]
  masks: ObjectMasks | null
  fault: string | null
}

/**
 * Videos first, wherever they stand in the file, then annotations one by one. One that the workbench
 * wrote is a window; those of others are objects, and what overlaps in time is one window.
 */
export async function* readYoutubeVis(
  file: string,
  { unite }: ReadOptions,
): AsyncGenerator<ReadRow, void, undefined> {
  const videos: Videos = new Map()
  const objects = new Map<string, Scene[]>()
  for await (const item of arrayItems(file, ['videos', 'annotations'])) {
    if (item.key === 'annotations') takeObject(item, objects)
    else {
      const fault = takeVideo(item, videos)
      if (fault) yield fault
    }
  }
  const scenes = new Map<number, Scene>()
  for (const found of objects.values()) {
    for (const scene of overlapping(found)) {
      for (const index of scene.annotations) scenes.set(index, scene)
    }
  }
  for await (const item of arrayItems(file, ['annotations'])) {
    const row = annotationRow(item, videos, scenes.get(item.index), unite)
    if (row) yield row
  }
}

function takeVideo(item: ArrayItem, videos: Videos): ReadRow | null {
  const where = `video ${item.index + 1}`
  const { data, error } = videoSchema.safeParse(parsed(item))
  if (!data) {
    return { where, path: null, fault: `It is not a video of YouTube-VIS: ${issuesOf(error)}.` }
  }
  videos.set(String(data.id), null)
  try {
    videos.set(String(data.id), videoOf(data))
    return null
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return { where, path: null, fault: thrown.message }
  }
}

/** Notes at which frames an object of another program is seen. */
function takeObject(item: ArrayItem, objects: Map<string, Scene[]>): void {
  const { data } = annotationSchema.safeParse(parsed(item))
  if (!data || data.fame_workbench) return
  const isSeen = (segmentation: unknown) => segmentation !== null
  const first = data.segmentations.findIndex(isSeen)
  if (first < 0) return
  const last = data.segmentations.findLastIndex(isSeen)
  const id = String(data.video_id)
  const scene = { first, last, annotations: [item.index], masks: null, fault: null }
  objects.set(id, [...(objects.get(id) ?? []), scene])
}

/** Joins those that overlap. */
function overlapping(objects: readonly Scene[]): Scene[] {
  const joined: Scene[] = []
  for (const object of [...objects].sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1)
    if (before && object.first <= before.last) {
      before.last = Math.max(before.last, object.last)
      before.annotations.push(...object.annotations)
    } else joined.push({ ...object })
  }
  for (const scene of joined) scene.annotations.sort((a, b) => a - b)
  return joined
}

/** The row of an annotation, or of the scene that ends with it; null before a scene's end. */
function annotationRow(
  item: ArrayItem,
  videos: Videos,
  scene: Scene | undefined,
  unite: boolean,
): ReadRow | null {
  const where = `annotation ${item.index + 1}`
  const { data, error } = annotationSchema.safeParse(parsed(item))
  if (!data) {
    return {
      where,
      path: null,
      fault: `It is not an annotation of YouTube-VIS: ${issuesOf(error)}.`,
    }
  }
  const video = videos.get(String(data.video_id))
  if (!video) {
    return { where, path: null, fault: `There is no video ${data.video_id} that fits.` }
  }
  if (!scene) return windowRow(where, video, data, unite)
  scene.masks ??= new ObjectMasks(video)
  scene.fault ??= faultOf(() => addTo(scene.masks!, data, video), where)
  return scene.annotations.at(-1) === item.index ? sceneRow(scene, video, unite) : null
}

/** The row of an annotation that names its window. */
function windowRow(where: string, video: Video, data: Annotation, unite: boolean): ReadRow {
  const { path } = video
  const masks = new ObjectMasks(video)
  const fault = faultOf(() => masks.add(data.segmentations))
  if (fault !== null) return { where, path, fault }
  const fields = { ...data.fame_workbench, width: video.width, height: video.height }
  const details = recordDetailsSchema.safeParse({ ...fields, path, dataset: video.dataset })
  if (!details.success) return { where, path, fault: `${issuesOf(details.error)}.` }
  if (masks.places().length === 0) return { where, path, fault: 'It has no mask at any frame.' }
  const { ownFrames = [], ...record } = details.data
  const clip = rleSchema.safeParse(data.fame_workbench?.clip)
  try {
    const isByFrame = clip.success && !unite
    const mask = isByFrame ? readSegmentation(clip.data, video).runs : masks.union()
    const length = video.listed ?? Infinity
    const placeOf = (frame: number) => (record.start + frame * record.stride) % length
    const byFrame = isByFrame
      ? readOwnFrames(ownFrames, record.frames, (frame) => masks.at(placeOf(frame)) ?? blank(video))
      : []
    const frames = byFrame.length > 0 ? { byFrame } : {}
    return { where, record: { ...record, fame: null, mask, ...frames } }
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return { where, path, fault: thrown.message }
  }
}

/** No foreground at all. */
function blank({ width, height }: Video): MaskRuns {
  return [width * height]
}

/** The row of what other programs have as one or more objects. */
function sceneRow({ annotations, masks, fault }: Scene, video: Video, unite: boolean): ReadRow {
  const { dataset, path, width, height, listed, fromOne } = video
  const where = placesOf(annotations)
  if (fault !== null || !masks) return { where, path, fault: fault ?? 'It has no mask.' }
  const places = masks.places()
  try {
    const window = windowAt(places, video)
    const isStill = places.length === window.frames && masks.isStill()
    const needsLength = listsAll(video)
    const length = needsLength ? listed : null
    const fields = { dataset, path, length, ...window, width, height }
    const details = recordDetailsSchema.safeParse(fields)
    if (!details.success) return { where, path, fault: `${issuesOf(details.error)}.` }
    const notes = [
      ...(fromOne ? ['The names of its frames start at 1.'] : []),
      ...(isStill ? [] : [differing(places.length, unite)]),
    ]
    const note = notes.length > 0 ? notes.join(' ') : null
    const byFrame = isStill || unite ? {} : { byFrame: everyFrame(masks, window, places, video) }
    return {
      where,
      record: { ...fieldsOf(details.data), fame: null, mask: masks.union(), ...byFrame },
      note,
      needsLength,
    }
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return { where, path, fault: thrown.message }
  }
}

function addTo(masks: ObjectMasks, { segmentations }: Annotation, { listed }: Video): void {
  if (listed !== null && segmentations.length !== listed) {
    throw new MaskError(`It has ${segmentations.length} segmentations for ${listed} frames.`)
  }
  masks.add(segmentations)
}

function differing(frames: number, unite: boolean): string {
  const union = `Its mask is the union of the masks of ${frames} frames.`
  return unite ? union : `${union} Each frame has its own.`
}

/** A mask for each frame of a clip; where the object is not seen, one without foreground. */
function everyFrame(
  masks: ObjectMasks,
  { start, frames, stride }: Pick<ClipWindow, 'start' | 'frames' | 'stride'>,
  places: readonly number[],
  video: Video,
): FrameRecord[] {
  const byNumber = new Map(places.map((place) => [video.numbers?.[place] ?? place, place]))
  return Array.from({ length: frames }, (_, frame) => {
    const place = byNumber.get(start + frame * stride)
    const mask = place === undefined ? null : masks.at(place)
    return { frame, source: 'hand', mask: mask ?? blank(video) }
  })
}

/** @returns what is wrong with what `work` reads; null where nothing is */
function faultOf(work: () => void, where?: string): string | null {
  try {
    work()
    return null
  } catch (thrown) {
    if (!(thrown instanceof MaskError)) throw thrown
    return where === undefined ? thrown.message : `${where}: ${thrown.message}`
  }
}

/** `annotation 1`, `annotations 1, 2, 3 and 4 more`. */
function placesOf(annotations: readonly number[]): string {
  const numbers = annotations.map((index) => index + 1)
  if (numbers.length === 1) return `annotation ${numbers[0]}`
  const more = numbers.length > 4 ? ` and ${numbers.length - 3} more` : ''
  return `annotations ${numbers.slice(0, more ? 3 : 4).join(', ')}${more}`
}
