import { onScopeDispose, watch } from 'vue'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'

/** How long a frame is looked at before it is fetched at its full size, in ms. */
const DWELL = 150

/** Brings a frame at its full size once one stays at it. */
export function useSharpFrame(options: {
  /** The frame to be seen sharp; null: as it is will do. */
  wanted: () => { videoId: number; index: number } | null
  show: (picture: ImageBitmap) => void
}) {
  let controller: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  function stop() {
    clearTimeout(timer)
    controller?.abort()
  }
  async function load(url: string, signal: AbortSignal) {
    const picture = await loadPicture(url, signal).catch(() => null)
    if (picture && !signal.aborted) options.show(picture)
    picture?.close()
  }
  watch(
    () => {
      const wanted = options.wanted()
      return wanted && frameUrl(wanted.videoId, wanted.index)
    },
    (url) => {
      stop()
      if (url === null) return
      const { signal } = (controller = new AbortController())
      timer = setTimeout(() => void load(url, signal), DWELL)
    },
  )
  onScopeDispose(stop)
}
