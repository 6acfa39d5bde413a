import { MotionMasker } from '../../fame/motion-mask/motion-masker.ts'
import { framesOf, type Sequence } from './tracker.ts'

/** Frames that one clip gives masks for, with as many around them for it to see more. */
const BLOCK = 8
const AROUND = 4

/** What moves by itself in the clips around blocks of frames, frame by frame. */
export function* moving(sequence: Sequence): Generator<Uint8Array, void, undefined> {
  const { frames: length, height, width } = sequence
  const masker = new MotionMasker(height, width)
  const frames = Math.min(BLOCK + 2 * AROUND, length)
  const pixels = height * width
  for (let block = 0; block < length; block += BLOCK) {
    const start = Math.min(length - frames, Math.max(0, block - AROUND))
    const data = framesOf(sequence, start, frames)
    const masks = masker.compute({ data, frames, height, width }).frames
    for (let t = Math.max(1, block); t < Math.min(length, block + BLOCK); t++) {
      yield masks.slice((t - start) * pixels, (t - start + 1) * pixels)
    }
  }
}
