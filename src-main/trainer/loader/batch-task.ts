import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'

/** A decoded video in shared memory: u8 RGB, [N, H, W, 3]. */
export interface DecodedVideo {
  data: SharedArrayBuffer
  frames: number
  width: number
  height: number
}

/** Where the clips of one batch lie: memory that all loader threads share with the trainer. */
export interface BatchBuffers {
  /** Clips as the encoder takes them, one buffer a view: f32 [B, T, S, S, 3]. */
  out: SharedArrayBuffer[]
  /**
   * Clips as cut, before merging, of the views that are merged: f32 [B, T, S, S, 3]; behind them those of
   * other processes' places that lend backgrounds.
   */
  raw: (SharedArrayBuffer | null)[]
  /** Masks of the views that are merged: u8 [B, S, S], or [B, T, S, S] for one a frame. */
  masks: (SharedArrayBuffer | null)[]
  /** One int32: chunks of this batch whose clips are cut. */
  barrier: SharedArrayBuffer
}

/** One slot of the batch: the clips of one video. */
export interface SlotTask {
  slot: number
  /** Position in the list of videos. */
  video: number
  /** One a view. */
  seeds: number[]
  /** Slots whose backgrounds the views get. */
  partners: number[]
  /** Of a slot that only lends backgrounds, the views that do; null for one whose clips are taken. */
  lends: readonly number[] | null
  decoded: DecodedVideo | null
}

/** A part of a batch, done by one thread; it waits for the other parts before it merges. */
export interface BatchTask {
  config: PretrainConfig
  /** The clips of each video. */
  roles: readonly ViewRole[]
  /** Places of the views that are made; null makes all. All are drawn. */
  made: readonly number[] | null
  buffers: BatchBuffers
  chunks: number
  slots: SlotTask[]
  /** Whether decoded videos should be sent back to be kept. */
  keep: boolean
}

export interface BatchTaskResult {
  /** The video that each slot took, another one where its own could not be read, and its clips. */
  taken: { slot: number; video: number; views: ViewSpec[] }[]
  decoded: { video: number; decoded: DecodedVideo }[]
  warnings: string[]
  masks: MaskUse
}

/** How the clips of an evaluation are cut; see the settings of the same names. */
export type ClipGeometry = Pick<EvaluationSettings, 'clips' | 'crops' | 'testClips' | 'colours'>

/** Evaluation: clips spread over one video. */
export interface CentreTask extends ClipGeometry {
  path: string
  frames: number
  config: PretrainConfig
}

/** Numbers in one clip, T*S*S*3. */
export function clipLength({ frames, size }: PretrainConfig): number {
  return frames * size * size * 3
}
