import sharp from 'sharp'
import type { PictureFormat } from './decoder-protocol.ts'
import type { RgbFrames } from './reader.ts'

/** JPEG quality, 1 to 100: no visible blocks at thumbnail size. */
const JPEG_QUALITY = 80

/**
 * The first of `frames` as a picture file: PNG keeps every value, JPEG is small. Better Huffman codes
 * would save a few per cent and cost as much time as all the rest.
 */
export function encodePicture(
  { data, width, height }: RgbFrames,
  format: PictureFormat,
): Promise<Uint8Array> {
  const pixels = data.subarray(0, width * height * 3)
  const image = sharp(pixels, { raw: { width, height, channels: 3 } })
  return format === 'png'
    ? image.png({ compressionLevel: 6 }).toBuffer()
    : image.jpeg({ quality: JPEG_QUALITY, optimiseCoding: false }).toBuffer()
}
