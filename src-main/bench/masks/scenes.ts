import type { ClipShape } from '#shared/fame/clip-window.ts'
import type { ClipScore } from './score.ts'

/**
 * What a clip is made into before it is masked: left as it is, seen by a moving camera, and that
 * before a strong background.
 */
export const SCENES = ['fixed', 'moving', 'textured'] as const
export type Scene = (typeof SCENES)[number]

/** One video of the sample set. */
export interface ScoreTask {
  video: string
  /** Gray video of the true masks, one frame a frame. */
  masks: string
  /** Frames of the video. */
  length: number
  shape: ClipShape
  /** Of path and texture. */
  seed: number
}

export type VideoScore = Record<Scene, ClipScore>
