import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { fromCocoCounts } from './coco-rle.ts'
import { MOST_PIXELS } from './limits.ts'

/** Run lengths as pycocotools takes them; `counts` are text, or numbers where they are not packed. */
export const rleSchema = z.object({
  size: z.tuple([z.number().int().min(1), z.number().int().min(1)]),
  counts: z.union([z.string(), z.array(z.number().int().min(0))]),
})

/** Run lengths, or a polygon. */
export const segmentationSchema = z.union([rleSchema, z.array(z.unknown())])

/**
 * The row-major runs of a segmentation.
 * @param picture pixels that it must be of; null takes any
 * @throws MaskError when it is a polygon, of another size, or damaged
 */
export function runsOf(
  segmentation: z.infer<typeof segmentationSchema>,
  picture: { width: number | null; height: number | null },
): MaskRuns {
  if (Array.isArray(segmentation)) {
    throw new MaskError('It is a polygon. Turn it into run lengths with annToRLE of pycocotools.')
  }
  const [height, width] = segmentation.size
  if ((picture.width ?? width) !== width || (picture.height ?? height) !== height) {
    throw new MaskError(
      `Its run lengths are of ${width} x ${height} pixels, its picture of ${picture.width} x ${picture.height}.`,
    )
  }
  if (height * width > MOST_PIXELS) {
    throw new MaskError(`It has ${width} x ${height} pixels; up to ${MOST_PIXELS} can be read.`)
  }
  return fromCocoCounts(segmentation.counts, height, width)
}
