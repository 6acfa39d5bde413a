import { evenlySpacedClips } from '../../video/clip-sampling.ts'
import { VideoReader } from '../../video/reader.ts'
import { clipLength, type CentreTask } from './batch-task.ts'
import { normaliseColours } from './transforms/colour.ts'
import { resizeAndCropCentre } from './transforms/resample.ts'

/**
 * Evenly spaced clips of one video, the centre of each: f32 [clips, T, S, S, 3], normalised.
 * @throws VideoError when the video cannot be read.
 */
export function readCentreClips({ path, frames, clips, config }: CentreTask): Float32Array {
  const starts = evenlySpacedClips(frames, clips, config)
  const reader = VideoReader.open(path)
  try {
    const needed = [...new Set(starts.flat())].sort((a, b) => a - b)
    const place = new Map(needed.map((index, i) => [index, i]))
    const { data, width, height } = reader.readFrames(needed)
    const bytes = width * height * 3
    const length = clipLength(config)
    const out = new Float32Array(clips * length)
    const cut = new Uint8Array(config.frames * bytes)
    starts.forEach((indices, k) => {
      indices.forEach((index, t) => {
        const from = place.get(index)! * bytes
        cut.set(data.subarray(from, from + bytes), t * bytes)
      })
      const clip = out.subarray(k * length, (k + 1) * length)
      resizeAndCropCentre({ data: cut, frames: config.frames, height, width }, config.size, clip)
      normaliseColours({
        data: clip,
        frames: config.frames,
        height: config.size,
        width: config.size,
      })
    })
    return out
  } finally {
    reader.close()
  }
}
