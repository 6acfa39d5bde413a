import { onScopeDispose, ref, shallowRef } from 'vue'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'

/** Frames that a hover goes through. */
const STOPS = 8
/** Wait before anything is fetched, in ms: a pointer passing by costs nothing. */
const DWELL = 140
/** Pixels. */
const WIDTH = 256

/** Goes through a clip under the pointer. Frames are fetched from the first on; leaving stops it. */
export function useScrub() {
  const pictures = shallowRef<readonly ImageBitmap[]>([])
  /** Where in the clip the pointer is, 0 to 1. */
  const position = ref(0)
  let controller: AbortController | null = null

  async function enter(video: { id: number; frames: number | null }) {
    const frames = video.frames ?? 0
    leave()
    if (frames < 2) return
    const { signal } = (controller = new AbortController())
    await new Promise((resolve) => setTimeout(resolve, DWELL))
    const stops = Math.min(STOPS, frames)
    for (let i = 0; i < stops && !signal.aborted; i++) {
      const index = Math.floor((i * (frames - 1)) / (stops - 1))
      const picture = await loadPicture(frameUrl(video.id, index, WIDTH), signal).catch(() => null)
      if (signal.aborted) picture?.close()
      else if (picture) pictures.value = [...pictures.value, picture]
    }
  }
  function leave() {
    controller?.abort()
    controller = null
    for (const picture of pictures.value) picture.close()
    pictures.value = []
  }
  onScopeDispose(leave)
  /** The picture under the pointer, the nearest one that is there; null before the first. */
  function picture(): ImageBitmap | null {
    const at = Math.floor(position.value * STOPS)
    return pictures.value[Math.min(at, pictures.value.length - 1)] ?? null
  }
  return { enter, leave, position, picture, pictures, stops: STOPS }
}
