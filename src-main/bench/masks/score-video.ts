/** Entry of a thread that decodes sample videos with their true masks and scores masks of them. */
import { clipFrames, lastStart } from '#shared/fame/clip-window.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { VideoReader, type RgbFrames } from '../../video/reader.ts'
import type { LabelledClip } from './labelled-clip.ts'
import { cutWindows, drawPath, WINDOW } from './moving-camera.ts'
import type { ScoreTask, VideoScore } from './scenes.ts'
import { scoreClip } from './score.ts'
import { withStrongBackground } from './texture.ts'

/** Scores the clip in the middle of the video in every scene. @throws VideoError as `VideoReader` */
export function scoreVideo(task: ScoreTask): VideoScore {
  const fixed = readLabelled(task)
  const { frames, height, width } = fixed.clip
  const room = { x: width - WINDOW.width, y: height - WINDOW.height }
  const path = drawPath(new Rng(deriveSeed(task.seed, 1)), frames, room)
  const strong = withStrongBackground(fixed, new Rng(deriveSeed(task.seed, 2)))
  return {
    fixed: scoreClip(fixed),
    moving: scoreClip(cutWindows(fixed, path, WINDOW)),
    textured: scoreClip(cutWindows(strong, path, WINDOW)),
  }
}

function readLabelled({ video, masks, length, shape }: ScoreTask): LabelledClip {
  const indices = clipFrames(Math.floor(lastStart(shape, length) / 2), shape)
  const clip = read(video, indices)
  const { data } = read(masks, indices)
  const truth = new Uint8Array(data.length / 3)
  for (let i = 0; i < truth.length; i++) truth[i] = data[i * 3] > 127 ? 1 : 0
  return { clip, truth }
}

function read(path: string, indices: number[]): RgbFrames {
  const reader = VideoReader.open(path)
  try {
    return reader.readFrames(indices)
  } finally {
    reader.close()
  }
}
