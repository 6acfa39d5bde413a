import { onScopeDispose, ref, shallowRef } from 'vue'
import { loadPicture } from '../../api/load-picture.ts'
import { Latest } from '../../lib/latest.ts'
import { FrameCache } from './frame-cache.ts'
import type { PlayerPosition } from './player-position.ts'

export interface PlayerPicturesOptions {
  /** The address of frame `index`; null while no video is open. */
  urlOf: () => ((index: number) => string) | null
  /** Called with every frame to be seen and where it belongs; the picture may be closed afterwards. */
  show: (picture: ImageBitmap, index: number) => void
  /** While a frame is on its way, show the closest one that is here. */
  nearest: boolean
  /** Whatever frame close to a position can be had at once. Left out: only the frame itself. */
  loadNear?: (
    index: number,
    signal: AbortSignal,
  ) => Promise<{ picture: ImageBitmap; index: number }>
  /** The frame at the position cannot be had. */
  onFailure: () => void
}

/** Memory for decoded frames, in bytes. */
const FRAME_MEMORY = 192e6
/** Pictures as the cache takes them. */
const pictures = {
  dispose: (picture: ImageBitmap) => picture.close(),
  sizeOf: ({ width, height }: ImageBitmap) => 4 * width * height,
  capacity: FRAME_MEMORY,
}
/** How long a position must stay for its surroundings to be fetched, in ms. */
const SETTLE = 120

/** Fetches the frames around a position and shows the one that belongs there. */
export function usePlayerPictures(position: PlayerPosition, options: PlayerPicturesOptions) {
  const { index } = position
  const buffering = ref(false)
  const failure = shallowRef<unknown>(null)
  /** Where the picture belongs that is to be seen; -1 before the first. */
  const shown = ref(-1)
  const cache = new FrameCache<ImageBitmap>({
    ...pictures,
    load: (frame, signal) => {
      const url = options.urlOf()?.(frame)
      return url ? loadPicture(url, signal) : Promise.reject(new Error('No video is open.'))
    },
    onLoad: (frame) => frame === index.value && paint(),
    onError: (frame, error) => {
      if (frame !== index.value) return
      failure.value = error
      options.onFailure()
    },
  })
  /** Shows what there is of the frame at the position. */
  function paint() {
    const picture = cache.get(index.value)
    buffering.value = !picture
    if (picture) {
      failure.value = null
      show(picture, index.value)
    } else if (options.nearest) {
      const near = cache.nearest(index.value)
      if (near) show(near.frame, near.index)
    }
  }
  function show(picture: ImageBitmap, at: number) {
    shown.value = at
    options.show(picture, at)
  }
  const { focus, pass, cancel } = usePictureFocus({
    position,
    cache,
    paint,
    loadNear: options.loadNear,
  })
  /** Forgets the video. */
  function clear() {
    cancel()
    cache.clear()
    failure.value = null
    shown.value = -1
  }
  onScopeDispose(() => {
    cancel()
    cache.clear()
  })
  const isSettled = (frame: number) => cache.isSettled(frame)
  return { shown, buffering, failure, paint, focus, pass, clear, isSettled }
}

/** What is fetched around the position: less while it moves fast, all once it stays. */
function usePictureFocus(
  options: Pick<PlayerPicturesOptions, 'loadNear'> & {
    position: PlayerPosition
    cache: FrameCache<ImageBitmap>
    paint: () => void
  },
) {
  const { position, cache, paint, loadNear } = options
  const { index, direction, loop, count, path } = position
  let settling: ReturnType<typeof setTimeout> | undefined

  function focus({ passing = false } = {}) {
    clearTimeout(settling)
    if (count.value === 0) return
    cache.focus({
      index: index.value,
      direction: direction.value,
      count: count.value,
      loop: loop.value,
      passing,
      ...(path.value?.includes(index.value) && { path: path.value, loop: true }),
    })
  }
  const near = new Latest<number>({
    isStale: () => false,
    async run(wanted, signal) {
      const found = await loadNear?.(wanted, signal).catch(() => null)
      if (!found) return
      if (signal.aborted) return found.picture.close()
      cache.add(found.index, found.picture)
      paint()
    },
  })
  /** The position is on the way to another: shows what there is of it at once. */
  function pass() {
    focus({ passing: true })
    paint()
    if (loadNear && !cache.has(index.value)) near.push(index.value)
    settling = setTimeout(focus, SETTLE)
  }
  function cancel() {
    clearTimeout(settling)
    near.cancel()
  }
  return { focus, pass, cancel }
}
