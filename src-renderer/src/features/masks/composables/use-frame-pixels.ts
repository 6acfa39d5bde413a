import { shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { contextOf } from '../../../charts/canvas.ts'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'
import type { Frame } from '#shared/masks/clicks/sizes.ts'

/** A frame of a video at its full size. */
export interface FramePlace {
  videoId: number
  index: number
}

/** The colours of a frame at its full size; null while there are none, or where they cannot be had. */
export function useFramePixels(place: MaybeRefOrGetter<FramePlace | null>) {
  const pixels = shallowRef<Frame | null>(null)
  const failure = shallowRef<unknown>(null)
  let controller = new AbortController()
  async function read(url: string | null) {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    pixels.value = null
    failure.value = null
    if (url === null) return
    try {
      const frame = await load(url, signal)
      if (!signal.aborted) pixels.value = frame
    } catch (error) {
      if (!signal.aborted) failure.value = error
    }
  }
  const url = () => {
    const wanted = toValue(place)
    return wanted && frameUrl(wanted.videoId, wanted.index)
  }
  watch(url, read, { immediate: true })
  return { pixels, failure, retry: () => read(url()) }
}

async function load(url: string, signal: AbortSignal): Promise<Frame> {
  const picture = await loadPicture(url, signal)
  const context = contextOf(new OffscreenCanvas(picture.width, picture.height))
  context.drawImage(picture, 0, 0)
  const { width, height } = picture
  const { data } = context.getImageData(0, 0, width, height)
  picture.close()
  const rgb = new Uint8Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from] ?? 0
    rgb[to + 1] = data[from + 1] ?? 0
    rgb[to + 2] = data[from + 2] ?? 0
  }
  return { rgb, width, height }
}
