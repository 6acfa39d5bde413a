export interface Advance {
  index: number
  /** Frames that were due but not there yet. */
  late: number
  ended: boolean
}

export interface AdvanceOptions {
  index: number
  direction: 1 | -1
  /** Whole frames due since `index` was shown. */
  due: number
  count: number
  loop: boolean
  isReady: (index: number) => boolean
}

/**
 * Moves a playing position on. Frames are shown in order and none is left out because it came late:
 * playing slows down instead. Where several are due, the last ready one is shown.
 */
export function advance(options: AdvanceOptions): Advance {
  const { direction, due, count, loop, isReady } = options
  let { index } = options
  for (let step = 0; step < due; step++) {
    let next = index + direction
    if (next < 0 || next >= count) {
      if (!loop) return { index, late: 0, ended: true }
      next = direction > 0 ? 0 : count - 1
    }
    if (!isReady(next)) return { index, late: due - step, ended: false }
    index = next
  }
  return { index, late: 0, ended: false }
}

/**
 * The same along a path.
 * @param options.path frames that are gone through in a loop, ascending; null: all of the video
 */
export function nextFrame({
  path,
  ...options
}: AdvanceOptions & { path: readonly number[] | null }): Advance {
  if (!path) return advance(options)
  const next = advance({
    ...options,
    index: Math.max(0, path.indexOf(options.index)),
    count: path.length,
    loop: true,
    isReady: (at) => options.isReady(path[at]),
  })
  return { ...next, index: path[next.index] ?? options.index }
}

/** A position inside a video of `count` frames. */
export function clampIndex(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.round(index)))
}
