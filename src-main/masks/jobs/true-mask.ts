import type { TrueMask } from '#shared/contract/mask-windows.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import type { VideoReader } from '../../video/reader.ts'

/** Above this a pixel of a mask video is foreground. */
const HALF = 127

/**
 * The union of the masks of some frames of a gray mask video.
 * @throws VideoError when it has no such frames
 */
export function trueMask(reader: VideoReader, indices: readonly number[]): TrueMask {
  const { height, width } = reader.info
  const union = new Uint8Array(height * width)
  for (const index of indices) {
    const { data } = reader.readFrames([index])
    for (let i = 0; i < union.length; i++) if (data[i * 3] > HALF) union[i] = 1
  }
  return { height, width, runs: encodeRuns(union) }
}
