import { LRUCache } from 'lru-cache'
import type { AVPixelFormat } from 'node-av/constants'
import { avImageGetBufferSize } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

/** Bytes; decoders begin every row of a picture at a multiple of this. */
const ROW_ALIGNMENT = 64

/**
 * The frames used last, of one video at a time, so that stepping back decodes nothing. They share
 * the decoder's memory, nothing is copied.
 */
export class RecentFrames {
  /** By their numbers. */
  private readonly frames: LRUCache<number, Frame>
  private owner: object | null = null

  /** @param limit bytes of pictures that are kept; the last one is kept at any size */
  constructor(limit: number) {
    this.frames = new LRUCache({
      maxSize: limit,
      sizeCalculation: (frame) => Math.min(bytesOf(frame), limit),
      dispose: (frame) => frame.free(),
    })
  }

  /** Keeps frame `index` of `owner`; frames of any other owner are dropped. */
  add(owner: object, index: number, frame: Frame): void {
    if (owner !== this.owner) this.clear()
    this.owner = owner
    const kept = frame.clone()
    if (kept) this.frames.set(index, kept)
  }

  /** Frame `index` of `owner`, valid until the next `add` or `clear`; null where it is not kept. */
  get(owner: object, index: number): Frame | null {
    return (owner === this.owner && this.frames.get(index)) || null
  }

  /** Number of the kept frame of `owner` that is nearest to `index`; null where none is kept. */
  nearest(owner: object, index: number): number | null {
    if (owner !== this.owner) return null
    return nearestOf(index, ...this.frames.keys())
  }

  /** Drops what is kept of `owner`, or everything. */
  clear(owner: object | null = this.owner): void {
    if (owner !== this.owner) return
    this.frames.clear()
    this.owner = null
  }
}

function bytesOf({ format, width, height }: Frame): number {
  return avImageGetBufferSize(format as AVPixelFormat, width, height, ROW_ALIGNMENT)
}

/** Of `numbers`, the nearest to `target`, the first of two; null for none. */
export function nearestOf(target: number, ...numbers: readonly (number | null)[]): number | null {
  let nearest: number | null = null
  for (const number of numbers) {
    if (number === null) continue
    if (nearest === null || Math.abs(number - target) < Math.abs(nearest - target)) nearest = number
  }
  return nearest
}
