import { useRafFn } from '@vueuse/core'
import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  toValue,
  watch,
  type MaybeRefOrGetter,
} from 'vue'
import { loadPicture } from '../api/load-picture.ts'
import { FrameCache } from '../lib/frame-cache.ts'
import { advance, clampIndex } from '../lib/playback.ts'

export interface FramePlayerOptions {
  /** The address of frame `index`; another function means another video. */
  urlOf: MaybeRefOrGetter<((index: number) => string) | null>
  count: MaybeRefOrGetter<number>
  /** Frames a second. */
  fps: MaybeRefOrGetter<number>
  /** Called with every frame to be seen. */
  show: (picture: ImageBitmap, index: number) => void
  /** Default false. */
  loop?: boolean
}

/** Memory for decoded frames, in bytes. */
const FRAME_MEMORY = 192e6

/** Plays and steps through frames that come as pictures, by index and in order. */
export function useFramePlayer(options: FramePlayerOptions) {
  const index = ref(0)
  const direction = ref<1 | -1>(1)
  const playing = ref(false)
  const loop = ref(options.loop ?? false)
  const speed = ref(1)
  const buffering = ref(false)
  const failure = shallowRef<unknown>(null)
  const count = computed(() => toValue(options.count))
  let since = 0

  const cache = new FrameCache<ImageBitmap>({
    load: (frame, signal) => {
      const url = toValue(options.urlOf)?.(frame)
      return url ? loadPicture(url, signal) : Promise.reject(new Error('No video is open.'))
    },
    dispose: (picture) => picture.close(),
    sizeOf: ({ width, height }) => 4 * width * height,
    capacity: FRAME_MEMORY,
    onLoad: (frame) => frame === index.value && paint(),
    onError: (frame, error) => {
      if (frame !== index.value) return
      failure.value = error
      playing.value = false
    },
  })

  function paint() {
    const picture = cache.get(index.value)
    buffering.value = !picture
    if (!picture) return
    failure.value = null
    options.show(picture, index.value)
  }
  function focus() {
    if (count.value === 0) return
    cache.focus({
      index: index.value,
      direction: direction.value,
      count: count.value,
      loop: loop.value,
    })
  }
  function seek(to: number) {
    index.value = clampIndex(to, count.value)
    focus()
    paint()
  }
  function pause() {
    playing.value = false
  }
  function step(by: number) {
    pause()
    seek(index.value + by)
  }
  function play(towards: 1 | -1 = 1) {
    const last = towards > 0 ? count.value - 1 : 0
    direction.value = towards
    if (index.value === last && !loop.value) seek(towards > 0 ? 0 : count.value - 1)
    since = 0
    playing.value = count.value > 1
    focus()
  }
  function toggle() {
    if (playing.value) pause()
    else play(1)
  }

  const clock = useRafFn(
    ({ timestamp }) => {
      if (since === 0) since = timestamp
      const interval = 1000 / (toValue(options.fps) * speed.value)
      const due = Math.floor((timestamp - since) / interval)
      if (due === 0) return
      const isReady = (frame: number) => cache.isSettled(frame)
      const state = { index: index.value, direction: direction.value, due, count: count.value }
      const next = advance({ ...state, loop: loop.value, isReady })
      // A late frame restarts the clock: what was missed is not made up for in a rush.
      since = next.late > 0 ? timestamp - interval : since + due * interval
      buffering.value = next.late > 0
      if (next.ended) pause()
      if (next.index !== index.value) seek(next.index)
    },
    { immediate: false },
  )
  watch(playing, (isPlaying) => (isPlaying ? clock.resume() : clock.pause()))
  watch(
    () => toValue(options.urlOf),
    () => {
      cache.clear()
      failure.value = null
      pause()
      seek(Math.min(index.value, Math.max(0, count.value - 1)))
    },
    { immediate: true },
  )
  onScopeDispose(() => cache.clear())

  return {
    index,
    count,
    playing,
    direction,
    loop,
    speed,
    buffering,
    failure,
    seek,
    step,
    play,
    pause,
    toggle,
    repaint: paint,
  }
}
export type FramePlayer = ReturnType<typeof useFramePlayer>
