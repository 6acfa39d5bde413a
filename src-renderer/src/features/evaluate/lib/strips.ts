import { loadPicture } from '../../../api/load-picture.ts'
import { evaluationPictureUrl } from '../../../api/pictures.ts'
import { contextOf } from '../../../charts/canvas.ts'
import { heatPixels, outlinePixels } from './strip-layers.ts'

/** Names of the pictures of one clip; each has its frames side by side. */
export interface StripNames {
  evaluationId: number
  clip: string
  heat?: string
  mask?: string
}

export interface Strip {
  clip: ImageBitmap
  heat: OffscreenCanvas | null
  outline: OffscreenCanvas | null
}

/** Fetches the strips of a clip. @throws Error with the host's own words where it gave any. */
export async function loadStrip(
  { evaluationId, clip, heat, mask }: StripNames,
  signal?: AbortSignal,
): Promise<Strip> {
  const fetched = (name: string) => loadPicture(evaluationPictureUrl(evaluationId, name), signal)
  const [picture, warm, covered] = await Promise.all([
    fetched(clip),
    heat ? fetched(heat) : null,
    mask ? fetched(mask) : null,
  ])
  return {
    clip: picture,
    heat: warm && repainted(warm, heatPixels),
    outline:
      covered && repainted(covered, (grey) => outlinePixels(grey, covered.width, covered.height)),
  }
}

/** A picture with its pixels painted otherwise; the picture is given up. */
export function repainted(
  picture: ImageBitmap,
  paint: (grey: Uint8ClampedArray) => Uint8ClampedArray<ArrayBuffer>,
): OffscreenCanvas {
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height)
  const context = contextOf(canvas)
  context.drawImage(picture, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  context.putImageData(new ImageData(paint(data), width, height), 0, 0)
  picture.close()
  return canvas
}
