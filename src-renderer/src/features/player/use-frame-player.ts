import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { clampIndex } from './playback.ts'
import type { PlayerPosition } from './player-position.ts'
import { usePlayerClock } from './use-player-clock.ts'
import { usePlayerPictures } from './use-player-pictures.ts'

export interface FramePlayerOptions {
  /** The address of frame `index`; another function means another video. */
  urlOf: MaybeRefOrGetter<((index: number) => string) | null>
  count: MaybeRefOrGetter<number>
  /** Frames a second. */
  fps: MaybeRefOrGetter<number>
  /** Called with every frame to be seen and where it belongs; the picture may be closed afterwards. */
  show: (picture: ImageBitmap, index: number) => void
  /** Default false. */
  loop?: boolean
  /** Frames that playing goes through in a loop, ascending; null: all of the video. Default null. */
  path?: MaybeRefOrGetter<readonly number[] | null>
  /** While a frame is on its way, show the closest one that is here. Default false. */
  nearest?: boolean
  /**
   * Whatever frame close to a position can be had at once, while the position moves fast. Left out:
   * only the frame itself is asked for.
   */
  loadNear?: (
    index: number,
    signal: AbortSignal,
  ) => Promise<{ picture: ImageBitmap; index: number }>
}

/** Plays and steps through frames that come as pictures, by index and in order. */
export function useFramePlayer(options: FramePlayerOptions) {
  const position: PlayerPosition = {
    index: ref(0),
    direction: ref(1),
    loop: ref(options.loop ?? false),
    count: computed(() => toValue(options.count)),
    path: computed(() => toValue(options.path) ?? null),
  }
  const { index, direction, count, loop } = position
  const speed = ref(1)
  const pictures = usePlayerPictures(position, {
    urlOf: () => toValue(options.urlOf),
    show: options.show,
    nearest: options.nearest ?? false,
    loadNear: options.loadNear,
    onFailure: () => clock.stop(),
  })
  const { shown, buffering, failure } = pictures
  const clock = usePlayerClock(position, {
    fps: () => toValue(options.fps) * speed.value,
    isReady: pictures.isSettled,
    seek,
    late: (isLate) => (buffering.value = isLate),
  })
  function seek(to: number) {
    index.value = clampIndex(to, count.value)
    pictures.focus()
    pictures.paint()
  }
  watch(
    () => toValue(options.urlOf),
    () => {
      pictures.clear()
      clock.stop()
      seek(Math.min(index.value, Math.max(0, count.value - 1)))
    },
    { immediate: true },
  )
  return {
    index,
    shown,
    count,
    playing: clock.playing,
    direction,
    loop,
    speed,
    buffering,
    failure,
    seek,
    ...playerMoves({ position, pictures, clock, seek }),
    repaint: pictures.paint,
  }
}
export type FramePlayer = ReturnType<typeof useFramePlayer>

/** What a person does with a player. */
function playerMoves(options: {
  position: PlayerPosition
  pictures: { focus: () => void; pass: () => void }
  clock: ReturnType<typeof usePlayerClock>
  seek: (to: number) => void
}) {
  const { position, pictures, clock, seek } = options
  const { index, direction, count, loop, path } = position
  /** Goes to a frame on the way to another: shows what there is of it at once. */
  function scrub(to: number) {
    clock.stop()
    const next = clampIndex(to, count.value)
    if (next === index.value) return
    direction.value = next < index.value ? -1 : 1
    index.value = next
    pictures.pass()
  }
  function step(by: number) {
    clock.stop()
    seek(index.value + by)
  }
  function play(towards: 1 | -1 = 1) {
    const [first, last] = towards > 0 ? [0, count.value - 1] : [count.value - 1, 0]
    direction.value = towards
    if (path.value) {
      if (!path.value.includes(index.value)) seek(path.value[0] ?? 0)
    } else if (index.value === last && !loop.value) {
      seek(first)
    }
    clock.start()
    pictures.focus()
  }
  function toggle() {
    if (clock.playing.value) clock.stop()
    else play(1)
  }
  return { scrub, step, play, pause: clock.stop, toggle }
}
