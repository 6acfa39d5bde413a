import { analysisSize } from '#shared/fame/analysis-size.ts'
import { motionEnergy } from '#shared/fame/mask-planes.ts'
import type { EnergyRun } from './decoder-protocol.ts'
import type { VideoReader } from './reader.ts'
import { VideoError } from './video-error.ts'

/** Pixels of the short side at which motion is measured. */
const SIZE = 64

interface Place {
  /** Number of the frame that comes next. */
  next: number
  /** [1, H, W, 3] of the one before. */
  last: Uint8Array
}

/** Motion energy of a video from frame to frame, some of it at a time. */
export class EnergyJobs {
  private readonly places = new WeakMap<VideoReader, Place>()

  /**
   * The energy of the frames from `from` on, for about so many milliseconds: the mean over pixels and
   * channels of |difference| to the frame before, [0, 1]; 0 for the first.
   * @throws VideoError when frames cannot be decoded
   */
  run(reader: VideoReader, from: number, milliseconds: number): EnergyRun {
    const until = performance.now() + milliseconds
    const values: number[] = []
    let last = this.frameBefore(reader, from)
    for (let next = from; ; next++) {
      const frame = frameAt(reader, next)
      const damaged = reader.damaged > 0
      if (!frame) return { values, ended: true, damaged }
      values.push(last ? energyBetween(reader, last, frame) : 0)
      last = frame
      this.places.set(reader, { next: next + 1, last })
      if (performance.now() >= until) return { values, ended: false, damaged }
    }
  }

  private frameBefore(reader: VideoReader, from: number): Uint8Array | null {
    if (from === 0) return null
    const place = this.places.get(reader)
    return place?.next === from ? place.last : frameAt(reader, from - 1)
  }
}

/** Null behind the last. */
function frameAt(reader: VideoReader, index: number): Uint8Array | null {
  try {
    return reader.readFramesScaled([index], analysisSize(reader.info, SIZE)).data
  } catch (error) {
    if (error instanceof VideoError && error.kind === 'out-of-range') return null
    throw error
  }
}

function energyBetween(reader: VideoReader, before: Uint8Array, after: Uint8Array): number {
  const data = new Uint8Array(before.length + after.length)
  data.set(before)
  data.set(after, before.length)
  const [sum] = motionEnergy({ data, frames: 2, ...analysisSize(reader.info, SIZE) })
  return sum / 3
}
