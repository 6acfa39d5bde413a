import { crc32 } from 'node:zlib'
import type { Frame } from 'node-av/lib'
import { timestamp } from './frame-source.ts'

/** Every so many rows go into a fingerprint: enough to notice a wrong reference picture. */
const ROW_STEP = 4

interface Mark {
  pts: bigint | null
  /** Where a seek may start: a keyframe later than every frame before it. */
  seekable: boolean
  fingerprint: number
}

/**
 * What a decoding from the start has seen, frame by frame, so that a later seek can be checked
 * against it: a frame reached by seeking counts only if its time and its pixels agree.
 */
export class FrameTimeline {
  private readonly marks: Mark[] = []
  private latest: bigint | null = null

  /** Frames seen from the start. */
  get length(): number {
    return this.marks.length
  }

  /** Notes frame `length` of the decoding from the start. */
  append(frame: Frame): void {
    const pts = timestamp(frame)
    const later = pts !== null && (this.latest === null || pts > this.latest)
    this.marks.push({
      pts,
      seekable: later && frame.keyFrame !== 0,
      fingerprint: fingerprint(frame),
    })
    if (later) this.latest = pts
  }

  /** Is `frame` what a decoding from the start gave as frame `index`? */
  agrees(index: number, frame: Frame): boolean {
    const mark = this.marks[index]
    return (
      mark !== undefined && mark.pts === timestamp(frame) && mark.fingerprint === fingerprint(frame)
    )
  }

  /** Last place at or before `index` where a seek may start; null for the start of the video. */
  seekPoint(index: number): { index: number; pts: bigint } | null {
    for (let i = Math.min(index, this.length - 1); i > 0; i--) {
      const { seekable, pts } = this.marks[i]
      if (seekable && pts !== null) return { index: i, pts }
    }
    return null
  }
}

/** Checksum of every fourth row of each plane, without the padding of the rows. */
function fingerprint(frame: Frame): number {
  const { width, height, linesize } = frame
  let sum = 0
  for (const [plane, bytes] of (frame.data ?? []).entries()) {
    const stride = linesize[plane]
    const row = Math.min(stride, plane === 0 ? width : width >> 1)
    const rows = plane === 0 ? height : height >> 1
    for (let y = 0; y < rows; y += ROW_STEP) {
      sum = crc32(bytes.subarray(y * stride, y * stride + row), sum)
    }
  }
  return sum
}
