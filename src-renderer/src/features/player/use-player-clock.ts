import { useRafFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import { nextFrame } from './playback.ts'
import type { PlayerPosition } from './player-position.ts'

/** Moves the position on while the player plays. */
export function usePlayerClock(
  position: PlayerPosition,
  on: {
    /** Frames a second. */
    fps: () => number
    isReady: (index: number) => boolean
    seek: (index: number) => void
    /** Whether frames that are due are not there yet. */
    late: (isLate: boolean) => void
  },
) {
  const playing = ref(false)
  let since = 0
  const clock = useRafFn(
    ({ timestamp }) => {
      if (since === 0) since = timestamp
      const interval = 1000 / on.fps()
      const due = Math.floor((timestamp - since) / interval)
      if (due === 0) return
      const next = nextFrame({
        index: position.index.value,
        direction: position.direction.value,
        due,
        count: position.count.value,
        loop: position.loop.value,
        path: position.path.value,
        isReady: on.isReady,
      })
      // A late frame restarts the clock: what was missed is not made up for in a rush.
      since = next.late > 0 ? timestamp - interval : since + due * interval
      on.late(next.late > 0)
      if (next.ended) playing.value = false
      if (next.index !== position.index.value) on.seek(next.index)
    },
    { immediate: false },
  )
  watch(playing, (isPlaying) => (isPlaying ? clock.resume() : clock.pause()))
  /** A video of one frame is not played. */
  function start() {
    since = 0
    playing.value = position.count.value > 1
  }
  function stop() {
    playing.value = false
  }
  return { playing, start, stop }
}
