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
import { loadPicture } from '../../api/load-picture.ts'
import { FrameCache } from './frame-cache.ts'
import { Latest } from '../../lib/latest.ts'
import { advance, clampIndex } from './playback.ts'

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

/** Memory for decoded frames, in bytes. */
const FRAME_MEMORY = 192e6
/** How long a position must stay for its surroundings to be fetched, in ms. */
const SETTLE = 120

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
  const path = computed(() => toValue(options.path) ?? null)
  /** Where the picture belongs that is to be seen; -1 before the first. */
  const shown = ref(-1)
  let since = 0
  let settling: ReturnType<typeof setTimeout> | undefined

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
  function seek(to: number) {
    index.value = clampIndex(to, count.value)
    focus()
    paint()
  }
  const near = new Latest<number>({
    isStale: () => false,
    async run(wanted, signal) {
      const found = await options.loadNear?.(wanted, signal).catch(() => null)
      if (!found) return
      if (signal.aborted) return found.picture.close()
      cache.add(found.index, found.picture)
      paint()
    },
  })
  /** Goes to a frame on the way to another: shows what there is of it at once. */
  function scrub(to: number) {
    pause()
    const next = clampIndex(to, count.value)
    if (next === index.value) return
    direction.value = next < index.value ? -1 : 1
    index.value = next
    focus({ passing: true })
    paint()
    if (options.loadNear && !cache.has(next)) near.push(next)
    settling = setTimeout(focus, SETTLE)
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
    if (path.value) {
      if (!path.value.includes(index.value)) seek(path.value[0] ?? 0)
    } else if (index.value === last && !loop.value) {
      seek(towards > 0 ? 0 : count.value - 1)
    }
    since = 0
    playing.value = count.value > 1
    focus()
  }
  function toggle() {
    if (playing.value) pause()
    else play(1)
  }

  function nextFrame(due: number) {
    const state = { direction: direction.value, due }
    const frames = path.value
    const isReady = (frame: number) => cache.isSettled(frame)
    if (!frames) {
      return advance({
        ...state,
        index: index.value,
        count: count.value,
        loop: loop.value,
        isReady,
      })
    }
    const next = advance({
      ...state,
      index: Math.max(0, frames.indexOf(index.value)),
      count: frames.length,
      loop: true,
      isReady: (at) => isReady(frames[at]!),
    })
    return { ...next, index: frames[next.index] ?? index.value }
  }
  const clock = useRafFn(
    ({ timestamp }) => {
      if (since === 0) since = timestamp
      const interval = 1000 / (toValue(options.fps) * speed.value)
      const due = Math.floor((timestamp - since) / interval)
      if (due === 0) return
      const next = nextFrame(due)
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
      near.cancel()
      cache.clear()
      failure.value = null
      shown.value = -1
      pause()
      seek(Math.min(index.value, Math.max(0, count.value - 1)))
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(settling)
    near.cancel()
    cache.clear()
  })

  return {
    index,
    shown,
    count,
    playing,
    direction,
    loop,
    speed,
    buffering,
    failure,
    seek,
    scrub,
    step,
    play,
    pause,
    toggle,
    repaint: paint,
  }
}
export type FramePlayer = ReturnType<typeof useFramePlayer>
