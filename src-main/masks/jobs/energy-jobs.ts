import { statSync } from 'node:fs'
import { analysisSize } from '#shared/fame/analysis-size.ts'
import { motionEnergy } from '#shared/fame/mask-planes.ts'
import type { EnergyRun } from './mask-protocol.ts'
import { VideoReader } from '../../video/reader.ts'
import { VideoError } from '../../video/video-error.ts'

/** Pixels of the short side at which motion is measured. */
const SIZE = 64

/** A video that is measured from its start to its end. */
interface Walk {
  path: string
  /** Changes when the file does. */
  version: string
  reader: VideoReader
  /** Number of the frame that comes next. */
  next: number
  /** [1, H, W, 3] of the one before. */
  last: Uint8Array | null
}

/**
 * Motion energy of a video from frame to frame, some of it at a time. The video measured last stays
 * open, so that the next piece goes on from there.
 */
export class EnergyJobs {
  private walk: Walk | null = null

  /**
   * The energy of the frames from `from` on, for about so many milliseconds: the mean over pixels and
   * channels of |difference| to the frame before, [0, 1]; 0 for the first.
   * @throws VideoError when frames cannot be decoded
   */
  run(path: string, from: number, milliseconds: number): EnergyRun {
    const until = performance.now() + milliseconds
    const values: number[] = []
    const walk = this.walkAt(path, from)
    const { reader } = walk
    for (;;) {
      const frame = frameAt(reader, walk.next)
      const damaged = reader.damaged > 0
      if (!frame) {
        this.leave()
        return { values, ended: true, damaged }
      }
      values.push(walk.last ? energyBetween(reader, walk.last, frame) : 0)
      walk.last = frame
      walk.next++
      if (performance.now() >= until) return { values, ended: false, damaged }
    }
  }

  private walkAt(path: string, from: number): Walk {
    const stats = statSync(path, { throwIfNoEntry: false })
    const version = `${stats?.size} ${stats?.mtimeMs}`
    const { walk } = this
    if (walk?.path === path && walk.version === version && walk.next === from) return walk
    this.leave()
    const reader = VideoReader.open(path)
    const last = from === 0 ? null : frameAt(reader, from - 1)
    this.walk = { path, version, reader, next: from, last }
    return this.walk
  }

  private leave(): void {
    this.walk?.reader.close()
    this.walk = null
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
