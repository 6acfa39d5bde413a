import { computed, ref, watch, type Ref } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import type { Video } from '#shared/contract/videos.ts'
import { clipFrames, clipSpan } from '#shared/fame/clip-window.ts'
import { loadNearFrame } from '../../../api/load-picture.ts'
import { frameUrl, nearFrameUrl } from '../../../api/pictures.ts'
import { Still } from '../lib/last-frame.ts'
import { useFramePlayer, type FramePlayer } from '../../player/use-frame-player.ts'
import { useSharpFrame } from './use-sharp-frame.ts'

/** Wider videos are asked for at this width. */
const WIDEST = 1280

/** Plays and goes through the frames of a video around a clip of it. */
export function useStagePlayer(options: {
  video: () => Video | undefined
  window: () => ClipWindow | null
  /** Whether playing keeps to the clip, at its stride. */
  loopClip: () => boolean
  /** Pixels of the screen for one of the video. */
  scale: () => number
}) {
  const still = new Still()
  /** Grows with every picture. */
  const version = ref(0)
  const videoId = computed(() => options.video()?.id ?? null)
  /** Pixels that frames are asked for at; undefined: the video's own. */
  const width = computed(() => {
    const own = options.video()?.width ?? 0
    return own > WIDEST ? WIDEST : undefined
  })
  const count = computed(() => options.video()?.frames ?? 0)
  const clip = computed(() => {
    const window = options.window()
    return window ? clipFrames(window.start, window).filter((frame) => frame < count.value) : []
  })
  const player = useFramePlayer({
    urlOf: computed(() => {
      const id = videoId.value
      const asked = width.value
      return id === null ? null : (frame: number) => frameUrl(id, frame, asked)
    }),
    count,
    fps: () => (options.video()?.fps ?? 25) / (options.loopClip() ? stride() : 1),
    path: () => (options.loopClip() && clip.value.length > 1 ? clip.value : null),
    nearest: true,
    loadNear(frame, signal) {
      const id = videoId.value
      return id === null
        ? Promise.reject(new Error('No video is open.'))
        : loadNearFrame(nearFrameUrl(id, frame, width.value), signal)
    },
    show,
  })
  function show(picture: ImageBitmap) {
    still.copy(picture)
    version.value += 1
  }
  useSharpFrame({
    wanted() {
      const own = options.video()?.width ?? 0
      const index = player.shown.value
      const isEnough = width.value === undefined || options.scale() * own <= width.value * 1.2
      if (isEnough || player.playing.value || videoId.value === null || index < 0) return null
      return { videoId: videoId.value, index }
    },
    show,
  })
  const stride = () => options.window()?.stride ?? 1
  useClipFollowing(player, { videoId, count, window: options.window })
  const picture = computed(() => (player.shown.value < 0 ? null : still.canvas))
  return { player, picture, version }
}

/** A clip that is come to is seen from its first frame; one that is moved takes the position along. */
function useClipFollowing(
  player: FramePlayer,
  clip: {
    videoId: Readonly<Ref<number | null>>
    count: Readonly<Ref<number>>
    window: () => ClipWindow | null
  },
): void {
  const isInside = (frame: number, { start, ...shape }: ClipWindow) =>
    frame >= start && frame < start + clipSpan(shape)
  let last: ClipWindow | null = null
  watch(
    [clip.videoId, clip.count, clip.window],
    ([id, frames, window]) => {
      if (!window || id === null || frames === 0) return
      const before = last
      last = window
      if (before?.videoId !== window.videoId) return player.seek(window.start)
      if (before.start === window.start || player.playing.value) return
      const by = window.start - before.start
      player.scrub(isInside(player.index.value, before) ? player.index.value + by : window.start)
    },
    { immediate: true },
  )
}
