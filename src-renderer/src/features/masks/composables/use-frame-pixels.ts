import { shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'
import type { Frame } from '#shared/masks/clicks/sizes.ts'

/** A frame of a video at its full size. */
export interface FramePlace {
  videoId: number
  index: number
}

/** The colours of a frame at its full size; null while there are none. */
export function useFramePixels(place: MaybeRefOrGetter<FramePlace | null>) {
  const pixels = shallowRef<Frame | null>(null)
  let controller = new AbortController()
  watch(
    () => {
      const wanted = toValue(place)
      return wanted && frameUrl(wanted.videoId, wanted.index)
    },
    async (url) => {
      controller.abort()
      controller = new AbortController()
      pixels.value = null
      if (url === null) return
      try {
        pixels.value = await load(url, controller.signal)
      } catch {
        // Without colours a fill takes the whole region, as the panel says.
      }
    },
    { immediate: true },
  )
  return pixels
}

async function load(url: string, signal: AbortSignal): Promise<Frame | null> {
  const picture = await loadPicture(url, signal)
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  if (!context) return null
  context.drawImage(picture, 0, 0)
  const { width, height } = picture
  const { data } = context.getImageData(0, 0, width, height)
  picture.close()
  if (signal.aborted) return null
  const rgb = new Uint8Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from] ?? 0
    rgb[to + 1] = data[from + 1] ?? 0
    rgb[to + 2] = data[from + 2] ?? 0
  }
  return { rgb, width, height }
}
