import { cropAndResize } from '#shared/fame/resample.ts'
import { shownFrames } from '#shared/views/view-spec.ts'
import type { PreparedVideo } from '../../trainer/loader/one-video.ts'
import type { VideoSource } from '../../trainer/loader/video-source.ts'

export interface SourceFrames {
  /** Of the video, in pixels. */
  width: number
  height: number
  /** The whole frames of each view, stretched to the size of a clip, [0, 1], [T, S, S, 3]. */
  clips: Float32Array[]
}

/** The frames that the clips of a video are cut from. @param size S */
export function readSource(
  source: VideoSource,
  { video, views }: PreparedVideo,
  size: number,
): SourceFrames {
  const length = size * size * 3
  return source.read(video, (frames) => {
    const { width, height } = frames
    const whole = { top: 0, left: 0, height, width }
    const clips = views.map(({ spec }) => new Float32Array(spec.indices.length * length))
    const all = views.flatMap(({ spec }) => spec.indices)
    frames.visit(all, (index, picture) => {
      const resized = new Float32Array(length)
      cropAndResize(picture, whole, size, false, resized)
      views.forEach(({ spec }, view) => {
        shownFrames(spec).forEach((wanted, t) => {
          if (wanted === index) clips[view].set(resized, t * length)
        })
      })
    })
    return { width, height, clips }
  })
}
