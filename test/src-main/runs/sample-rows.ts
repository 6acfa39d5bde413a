import type { IndexedVideo } from '#main/store/video-rows.ts'

/** Video `i` is of class Bounce when i is even, else of Spin. */
export function video(i: number, split: IndexedVideo['split']): IndexedVideo {
  const name = i % 2 === 0 ? 'Bounce' : 'Spin'
  const shape = { fps: 25, width: 128, height: 96, duration: 2.56, size: 1000, codec: 'mpeg4' }
  const path = `${name}/v_${name}_${i}.avi`
  return { ...shape, path, class: name, split, frames: 64, error: null, modified: 1 }
}
