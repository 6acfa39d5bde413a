import sharp from 'sharp'
import type { PictureFormat } from './decoder-protocol.ts'
import type { RgbFrames } from './reader.ts'

/** JPEG quality, 1 to 100: no visible blocks at thumbnail size. */
const JPEG_QUALITY = 85

/**
 * The first of `frames` as a picture file: PNG keeps every value, JPEG is small.
 * `width` scales it, the height following; null keeps its size.
 */
export function encodePicture(
  { data, width, height }: RgbFrames,
  format: PictureFormat,
  scaledWidth: number | null,
): Promise<Uint8Array> {
  const pixels = data.subarray(0, width * height * 3)
  const image = sharp(pixels, { raw: { width, height, channels: 3 } })
  if (scaledWidth !== null) image.resize({ width: scaledWidth })
  return format === 'png'
    ? image.png({ compressionLevel: 6 }).toBuffer()
    : image.jpeg({ quality: JPEG_QUALITY }).toBuffer()
}
