import { ref } from 'vue'
import type { FramePlace } from './use-frame-pixels.ts'
import type { OpenClip } from './use-open-clip.ts'
import { useStagePlayer } from './use-stage-player.ts'

export type ClipStage = ReturnType<typeof useClipStage>

/** The player of the open clip, and how it is set. */
export function useClipStage({ readable, clipWindow }: OpenClip) {
  /** Whether playing keeps to the clip. */
  const loopClip = ref(true)
  /** Pixels of the screen for one of the video. */
  const scale = ref(1)
  const stage = useStagePlayer({
    video: () => readable.value,
    window: () => clipWindow.value,
    loopClip: () => loopClip.value,
    scale: () => scale.value,
  })
  /** The frame that is to be seen; null while no video is open. */
  const frame = (): FramePlace | null =>
    readable.value
      ? { videoId: readable.value.id, index: Math.max(0, stage.player.shown.value) }
      : null
  return { stage, loopClip, scale, frame }
}
