import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import type { Video } from '#shared/contract/videos.ts'
import { clipFrames, type ClipShape } from '#shared/fame/clip-window.ts'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'
import { FrameCache } from '../../player/frame-cache.ts'
import { Still } from '../lib/last-frame.ts'
import { useOtherVideo } from './use-other-video.ts'

/** Pixels: it lies behind another picture. */
const WIDEST = 640
/** Memory for decoded frames, in bytes. */
const FRAME_MEMORY = 64e6

/** A clip of another video behind the foreground, frame by frame with the clip that is looked at. */
export function useBackground(options: {
  /** Whether it is to be seen. */
  wanted: () => boolean
  videoId: () => number | null
  shape: () => ClipShape
  /** Place in the clip of the frame to be seen, from 0. */
  position: () => number
}) {
  const version = ref(0)
  const isThere = ref(false)
  const still = new Still()
  const { video, start, failure, choose, random } = useOtherVideo({
    videoId: options.videoId,
    shape: options.shape,
    onChange() {
      cache.clear()
      isThere.value = false
    },
  })
  const cache = new FrameCache<ImageBitmap>({
    load(index, signal) {
      const { id, width } = video.value!
      const asked = width !== null && width > WIDEST ? WIDEST : undefined
      return loadPicture(frameUrl(id, index, asked), signal)
    },
    dispose: (picture) => picture.close(),
    sizeOf: ({ width, height }) => 4 * width * height,
    capacity: FRAME_MEMORY,
    onLoad: (index) => index === frame.value && show(),
    onError: (_, error) => (failure.value = error),
  })
  const { frames, frame } = useMatchedFrames({ ...options, video, start })
  function show() {
    const picture = cache.get(frame.value)
    if (!picture) return
    still.copy(picture)
    isThere.value = true
    version.value += 1
  }
  function follow() {
    if (!video.value || !options.wanted()) return
    const path = [...new Set(frames.value)].sort((a, b) => a - b)
    cache.focus({ index: frame.value, direction: 1, count: path.length, loop: true, path })
    show()
  }
  watch([frame, frames, video, options.wanted], follow)

  watch(
    [options.wanted, options.videoId],
    ([wanted, videoId]) => {
      if (wanted && (!video.value || video.value.id === videoId)) void random()
    },
    { immediate: true },
  )
  onScopeDispose(() => cache.clear())
  const picture = computed(() => (isThere.value && video.value ? still.canvas : null))
  return { video, picture, version, failure, choose, random }
}

/** Frames of the other video that belong to those of the clip; a short one starts over. */
function useMatchedFrames(of: {
  video: Readonly<Ref<Video | null>>
  start: Readonly<Ref<number>>
  shape: () => ClipShape
  position: () => number
}) {
  const frames = computed(() => {
    const count = Math.max(1, of.video.value?.frames ?? 1)
    return clipFrames(of.start.value, of.shape()).map((index) => index % count)
  })
  /** The one at the position. */
  const frame = computed(() => {
    const last = frames.value.length - 1
    return frames.value[Math.min(last, Math.max(0, of.position()))] ?? 0
  })
  return { frames, frame }
}
