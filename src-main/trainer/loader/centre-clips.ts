import { evenlySpacedClips } from '../../video/clip-sampling.ts'
import { VideoReader } from '../../video/reader.ts'
import { clipLength, type CentreTask } from './batch-task.ts'
import { normaliseColours } from './transforms/colour.ts'
import { resizeAndCropCentre } from './transforms/resample.ts'

/**
 * Evenly spaced clips of one video, the centre of each: f32 [clips, T, S, S, 3], normalised. Frames
 * are cut one after another, since all of them at full size can take gigabytes.
 * @throws VideoError when the video cannot be read.
 */
export function readCentreClips({ path, frames, clips, config }: CentreTask): Float32Array {
  const { size } = config
  const length = clipLength({ ...config, frames: 1 })
  const places = placesOf(evenlySpacedClips(frames, clips, config).flat())
  const out = new Float32Array(clips * config.frames * length)
  const cut = new Float32Array(length)
  const reader = VideoReader.open(path)
  try {
    for (const index of [...places.keys()].sort((a, b) => a - b)) {
      resizeAndCropCentre(reader.readFrames([index]), size, cut)
      normaliseColours({ data: cut, frames: 1, height: size, width: size })
      for (const place of places.get(index)!) out.set(cut, place * length)
    }
    return out
  } finally {
    reader.close()
  }
}

/** Where each frame of the video goes: its places in the clips laid end to end. */
function placesOf(indices: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>()
  indices.forEach((index, place) => {
    places.set(index, [...(places.get(index) ?? []), place])
  })
  return places
}
