import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { fillPolygons } from './coco-polygon.ts'
import { fromCocoCounts } from './coco-rle.ts'
import { MOST_PIXELS, MOST_RUNS } from './limits.ts'
import { runsOfPixels } from './record.ts'

// Checked by hand: a schema of each number of a long list would take far more memory than the list.
const countsSchema = z.custom<string | number[]>(
  isCounts,
  `expected run lengths, as a text or as a list of up to ${MOST_RUNS}`,
)
const polygonsSchema = z
  .custom<number[] | number[][]>(isPolygons, 'expected run lengths, or polygons as lists of x, y')
  .transform((polygons) => (isNumbers(polygons) ? [polygons] : polygons))

/** Run lengths as pycocotools takes them; `counts` are text, or numbers where they are not packed. */
export const rleSchema = z.object({
  size: z.tuple([z.number().int().min(1), z.number().int().min(1)]),
  counts: countsSchema,
})

/** Run lengths, or the polygons of one object. */
export const segmentationSchema = z.union(
  [rleSchema, polygonsSchema],
  'expected run lengths with their size, or polygons',
)
export type Segmentation = z.infer<typeof segmentationSchema>

/** Pixels of a picture; null where they are not known. */
export interface PictureSize {
  width: number | null
  height: number | null
}

/**
 * The row-major runs of a segmentation, and the size that they cover: that of the picture, or of the
 * run lengths where the picture's is not known.
 * @throws MaskError when it is of another size, damaged, or a polygon on a picture of unknown size
 */
export function readSegmentation(
  segmentation: Segmentation,
  picture: PictureSize,
): { runs: MaskRuns; width: number; height: number } {
  if (!Array.isArray(segmentation)) return readRle(segmentation, picture)
  const { width, height } = picture
  if (width === null || height === null) {
    throw new MaskError('It is a polygon, and its picture has no width and height. Add them.')
  }
  if (segmentation.length === 0) {
    throw new MaskError('Its segmentation is empty. Leave it out, or give it run lengths.')
  }
  checkPixels(width, height)
  return { runs: runsOfPixels(fillPolygons(segmentation, height, width)), width, height }
}

function readRle(
  { size: [height, width], counts }: z.infer<typeof rleSchema>,
  picture: PictureSize,
) {
  if ((picture.width ?? width) !== width || (picture.height ?? height) !== height) {
    throw new MaskError(
      `Its run lengths are of ${width} x ${height} pixels, its picture of ${picture.width} x ${picture.height}.`,
    )
  }
  checkPixels(width, height)
  return { runs: fromCocoCounts(asText(counts), height, width), width, height }
}

/** Text of Python's bytes, as `str` shows them, is the text within. */
function asText(counts: string | number[]): string | number[] {
  const shown = typeof counts === 'string' ? /^b'(.*)'$/s.exec(counts)?.[1] : undefined
  return shown === undefined ? counts : shown.replaceAll('\\\\', '\\')
}

function checkPixels(width: number, height: number): void {
  if (height * width <= MOST_PIXELS) return
  throw new MaskError(`It has ${width} x ${height} pixels; up to ${MOST_PIXELS} are read.`)
}

function isCounts(value: unknown): boolean {
  if (typeof value === 'string') return true
  return (
    Array.isArray(value) &&
    value.length <= MOST_RUNS &&
    value.every((count) => Number.isInteger(count) && count >= 0)
  )
}

function isPolygons(value: unknown): boolean {
  return Array.isArray(value) && (isNumbers(value) || value.every(isNumbers))
}

/** Is it a list of numbers with something in it? */
function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')
}
