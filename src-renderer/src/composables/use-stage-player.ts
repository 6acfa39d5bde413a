import { computed, ref, watch } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import type { Video } from '#shared/contract/videos.ts'
import { clipFrames, clipSpan } from '#shared/fame/clip-window.ts'
import { loadNearFrame } from '../api/load-picture.ts'
import { frameUrl, nearFrameUrl } from '../api/pictures.ts'
import { Still } from '../lib/still.ts'
import { useFramePlayer } from './use-frame-player.ts'

/** Wider videos are asked for at this width. */
const WIDEST = 1280

/** Plays and goes through the frames of a video around a clip of it. */
export function useStagePlayer(options: {
  video: () => Video | undefined
  window: () => ClipWindow | null
  /** Whether playing keeps to the clip, at its stride. */
  loopClip: () => boolean
}) {
  const still = new Still()
  /** Grows with every picture. */
  const version = ref(0)
  const videoId = computed(() => options.video()?.id ?? null)
  const count = computed(() => options.video()?.frames ?? 0)
  const clip = computed(() => {
    const window = options.window()
    return window ? clipFrames(window.start, window).filter((frame) => frame < count.value) : []
  })
  const player = useFramePlayer({
    urlOf: computed(() => {
      const video = options.video()
      if (!video) return null
      const { id } = video
      const width = widthOf(video)
      return (frame: number) => frameUrl(id, frame, width)
    }),
    count,
    fps: () => (options.video()?.fps ?? 25) / (options.loopClip() ? stride() : 1),
    path: () => (options.loopClip() && clip.value.length > 1 ? clip.value : null),
    nearest: true,
    loadNear(frame, signal) {
      const video = options.video()
      return video
        ? loadNearFrame(nearFrameUrl(video.id, frame, widthOf(video)), signal)
        : Promise.reject(new Error('No video is open.'))
    },
    show(picture) {
      still.copy(picture)
      version.value += 1
    },
  })
  const stride = () => options.window()?.stride ?? 1
  const isInside = (frame: number, { start, ...shape }: ClipWindow) =>
    frame >= start && frame < start + clipSpan(shape)

  // A clip that is come to is seen from its first frame; one that is moved takes the position along.
  watch([videoId, count, options.window], ([id, , window], [lastId, , last]) => {
    if (!window || id === null || count.value === 0) return
    if (id !== lastId || !last || last.videoId !== id) return player.seek(window.start)
    if (window.start === last.start || player.playing.value) return
    if (!isInside(player.index.value, last)) return
    player.seek(player.index.value + window.start - last.start)
  })
  const picture = computed(() => (player.shown.value < 0 ? null : still.canvas))
  return { player, picture, version, clip, count }
}

function widthOf({ width }: Video): number | undefined {
  return width !== null && width > WIDEST ? WIDEST : undefined
}
