import type { MethodPictures as Kept } from '#shared/contract/method-pictures.ts'
import type { Strip } from '../evaluation/strip.ts'
import type { MadeClips, MadePictures } from '../methods/learner.ts'

/** Clips of a batch, frames of a clip and pixels of a side that are kept at most. */
export const MOST_CLIPS = 4
const FRAMES = 16
const SIDE = 128
/** Bytes of a raster; clips that do not fit are left out, but for the first. */
const MOST_BYTES = 4_000_000

/** What is kept of a step, and its raster. */
export interface DrawnPictures {
  pictures: Kept
  strip: Strip
}

/**
 * Draws pictures of a method as bytes, made smaller by whole factors; of long clips, frames at equal
 * distances.
 * @param pathOf path of the video in a place of the batch
 */
export function drawPictures(
  { slots, rows }: MadePictures,
  step: number,
  pathOf: (slot: number) => string,
): DrawnPictures {
  const all = [...rows]
  const largest = Math.max(...all.map(([, { shape }]) => shape[2]))
  const side = Math.floor(largest / Math.ceil(largest / SIDE))
  const frames = all.map(([, { shape }]) => Math.min(FRAMES, shape[1]))
  const columns = Math.max(...frames)
  const bytes = all.length * columns * side ** 2 * 3
  const made = Math.min(...all.map(([, { shape }]) => shape[0]))
  const clips = Math.max(1, Math.min(made, MOST_CLIPS, Math.floor(MOST_BYTES / bytes)))
  const height = clips * all.length * side
  const strip: Strip = {
    data: new Uint8Array(columns * height * side * 3),
    frames: columns,
    height,
    width: side,
    channels: 3,
  }
  for (let clip = 0; clip < clips; clip++) {
    all.forEach(([, of], row) => {
      for (let column = 0; column < frames[row]; column++) {
        const frame = Math.floor((column * of.shape[1]) / frames[row])
        const top = (clip * all.length + row) * side
        drawFrame(strip, { column, top, side }, of, clip * of.shape[1] + frame)
      }
    })
  }
  const videos = Array.from({ length: clips }, (_, clip) => ({
    video: slots ? pathOf(slots[clip]) : null,
  }))
  const named = all.map(([name], row) => ({ name, frames: frames[row] }))
  return { pictures: { step, side, frames: columns, rows: named, clips: videos }, strip }
}

/** Takes the mean of each square of pixels; a smaller picture is enlarged. */
function drawFrame(
  strip: Strip,
  { column, top, side }: { column: number; top: number; side: number },
  { data, shape }: MadeClips,
  frame: number,
): void {
  const size = shape[2]
  const from = frame * size * size * 3
  const edge = (i: number): number => Math.floor((i * size) / side)
  for (let y = 0; y < side; y++) {
    const to = (column * strip.height + top + y) * side * 3
    const [above, below] = [edge(y), Math.max(edge(y) + 1, edge(y + 1))]
    for (let x = 0; x < side; x++) {
      const [left, right] = [edge(x), Math.max(edge(x) + 1, edge(x + 1))]
      const share = 255 / ((below - above) * (right - left))
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let v = above; v < below; v++) {
          for (let u = left; u < right; u++) sum += data[from + (v * size + u) * 3 + channel]
        }
        strip.data[to + x * 3 + channel] = Math.min(255, Math.max(0, Math.round(sum * share)))
      }
    }
  }
}
