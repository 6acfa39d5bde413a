import { computed, ref, watch, type ShallowRef } from 'vue'
import type { Video } from '#shared/contract/videos.ts'
import { frameUrl } from '../api/pictures.ts'
import { MaskPainter } from '../lib/mask-painter.ts'
import { useFramePlayer } from './use-frame-player.ts'
import type { MaskClip } from './use-mask-clip.ts'

/** Plays the frames of a clip with its mask over them, on a canvas of the mask's size. */
export function useClipPlayer(
  clip: ShallowRef<MaskClip | null>,
  canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  video: () => Pick<Video, 'fps' | 'width' | 'height'>,
) {
  /** Whether a frame of the clip is to be seen in place of the still. */
  const engaged = ref(false)
  let painter: MaskPainter | null = null
  const clipKey = computed(() => {
    const request = clip.value?.request
    return request
      ? `${request.videoId} ${clip.value?.summary.indices.join()} ${request.size}`
      : null
  })
  /** Wide enough for the short side to fill the mask; undefined: the video's own width. */
  function widthFor(size: number): number | undefined {
    const { width, height } = video()
    if (!width || !height || Math.min(width, height) <= size) return undefined
    return Math.ceil((size * width) / Math.min(width, height))
  }
  const player = useFramePlayer({
    urlOf: computed(() => {
      if (clipKey.value === null || !clip.value) return null
      const { videoId, indices } = clip.value.summary
      const width = widthFor(clip.value.request.size)
      return (at: number) => frameUrl(videoId, indices[at] ?? 0, width)
    }),
    count: () => clip.value?.summary.indices.length ?? 0,
    fps: () => (video().fps ?? 25) / (clip.value?.request.stride ?? 1),
    loop: true,
    show: (picture) => draw(picture),
  })

  function draw(picture: ImageBitmap) {
    if (canvas.value) painter?.paint(picture, canvas.value)
  }
  watch(
    clip,
    (next) => {
      painter = next ? new MaskPainter(next.mask) : null
      if (engaged.value) player.repaint()
    },
    { immediate: true },
  )
  watch(clipKey, () => (engaged.value = false))
  watch([player.playing, player.index], ([playing, index]) => {
    if (playing || index > 0) engaged.value = true
  })
  function still() {
    player.pause()
    player.seek(0)
    engaged.value = false
  }
  return { player, engaged, still }
}
