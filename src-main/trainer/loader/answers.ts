import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import { drawViews } from './draw-view.ts'

/** Frames of a video that is long enough for any clips. */
const LONG = 100_000

/**
 * What the method asks of the clips of a batch.
 * @param drawn [B, V]
 * @returns an array [B] a view; -1 where it asks nothing
 */
export function answersOf(drawn: readonly (readonly ViewSpec[])[], views: number): Int32Array[] {
  return Array.from({ length: views }, (_, view) =>
    Int32Array.from(drawn, (clips) => clips[view].answer ?? -1),
  )
}

/** Answers as a run draws them, for a batch of clips that are not of videos, such as noise. */
export function drawAnswers(config: PretrainConfig, rng: Rng): Int32Array[] {
  const roles = viewsOf(config)
  const video = { length: LONG, width: config.size, height: config.size }
  const drawn = Array.from({ length: config.batch }, () => {
    const seeds = roles.map(() => rng.uint32())
    return drawViews(config, seeds, video, roles)
  })
  return answersOf(drawn, roles.length)
}
