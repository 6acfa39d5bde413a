/**
 * What the host and the trainer process say to each other, over Node's IPC channel
 * (`child_process.fork`, advanced serialisation). Types only.
 */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type {
  MeasuredDetail,
  MeasuredResult,
  PartialResult,
  Protocol,
} from '#shared/contract/evaluations.ts'
import type { MinedPositive, MinedPositives } from '#shared/contract/mined-positives.ts'
import type { MaskState } from '#shared/contract/mask-windows.ts'
import type { CarriedMask } from '#shared/contract/propagation.ts'
import type { MaskUse, MetricPoint, Progress } from '#shared/contract/runs.ts'
import type { RehearsedCheck, StepTiming } from '#shared/contract/estimates.ts'
import type { MaskWindow } from '#shared/masks/window.ts'
import type { ProtocolName } from '#shared/tracking/protocols.ts'

/** A stored mask at the resolution of its video. */
export interface ListedMask {
  height: number
  width: number
  /** Packed run lengths, base64. */
  runs: string
  /** Turned as the video is shown; said of videos that are not stored upright. Lists of 0.1.0 lack it. */
  shown?: true
  /** Masks by frame as `packFrames` gives them, base64; left out where there are none. */
  byFrame?: string
}

/** A window of a video about which somebody has decided. */
export interface ListedWindow extends MaskWindow {
  state: MaskState
  /** Foreground ratio of FAME's mask for clips that overlap it by half or more. */
  beta?: number
  /** Corrected or approved: taken for clips that overlap it by half or more. */
  mask?: ListedMask
}

/** A video as the loader needs it, its path absolute. */
export interface TrainerVideo {
  /** In the index; evaluations have it. */
  id?: number
  /** Of the file's bytes as indexed; evaluations have it, where it is known. */
  content?: string
  path: string
  /** Frames as decoded. */
  frames: number
  /** Index of its class; -1 where it is not known. */
  label: number
  /** Foreground ratio set for its class or the project; by default the run's own. */
  beta?: number
  windows?: ListedWindow[]
}

/** The same with its path relative to the data set's folder. */
export type ListedVideo = TrainerVideo

/** Videos in a file: hundreds of thousands in one message would hold the host up. */
export interface VideoList {
  /** Absolute path; one `ListedVideo` as JSON a line, in the order of the index. */
  file: string
  /** Absolute folder of the data set. */
  root: string
}

export interface PretrainJob {
  kind: 'pretrain'
  /** Absolute folder of the run; the trainer writes checkpoints under it. */
  folder: string
  config: PretrainConfig
  /** The same at every start of the run: which clips a step takes follows from it. */
  videos: VideoList
  /** Absolute folder for decoded videos, if the configuration wants them kept; runs share it. */
  decodedCache?: string
  /** Absolute folder for optical flow, which host and runs share. */
  flowCache?: string
  /** Continue from the newest whole checkpoint in `folder` when there is one. */
  resume: boolean
}

export interface EvaluateJob {
  kind: 'evaluate'
  protocol: Protocol
  /** Encoder, clip geometry and seed come from here. */
  config: PretrainConfig
  settings: EvaluationSettings
  /** Absolute folder of the pretrained run; null evaluates a randomly initialised encoder. */
  folder: string | null
  /** Absolute folder of the evaluation: what it says of single videos, and what it draws. */
  outputs: string
  /** Absolute folder of features that were extracted before. */
  featureCache: string
  /** Absolute folder for optical flow, which host and runs share. */
  flowCache?: string
  classes: string[]
  train: VideoList
  test: VideoList
}

/** Times a few batches of a configuration. */
export interface TimingJob {
  kind: 'time'
  config: PretrainConfig
  videos: VideoList
  /** About how long the batches may take together, in seconds. */
  limit: number
}

/** Does all that a run does once: a batch, a step, a checkpoint. */
export interface RehearsalJob {
  kind: 'rehearse'
  config: PretrainConfig
  videos: VideoList
  /** Absolute folder that takes the checkpoint; the host removes it. */
  folder: string
}

/** Finds what a run's method takes as positives of a clip, with its newest checkpoint. */
export interface MiningJob {
  kind: 'mine'
  /** Absolute folder of the run. */
  folder: string
  config: PretrainConfig
  videos: VideoList
  /** Absolute folder for optical flow, which host and runs share. */
  flowCache?: string
  /** The clip: micro-batches before its own, and its place in that. */
  batch: number
  slot: number
}

/** A mask carried along frames of a video by the features of a run's encoder. */
export interface CarryJob {
  kind: 'carry'
  /** Absolute folder of the run. */
  folder: string
  config: PretrainConfig
  /** Absolute path. */
  video: string
  protocol: ProtocolName
  /** Numbers of the frames in the video, ascending. */
  indices: number[]
  /** Place in `indices` of the frame that `mask` is of. */
  from: number
  /** At the video's size, packed. */
  mask: Uint8Array
  /** Masks drawn by hand on frames at other places: from there on, they are carried. */
  fixed: { place: number; mask: Uint8Array }[]
}

/** A positive that was found; the host knows the names of classes. */
export interface FoundPositive extends Omit<MinedPositive, 'class'> {
  /** Number of its class; -1 where it is not known. */
  label: number
}

export type TrainerJob = PretrainJob | EvaluateJob | TimingJob | RehearsalJob | MiningJob | CarryJob

/** Host to trainer. `start` comes once; `stop` asks for a checkpoint and a clean exit. */
export type ToTrainer = { type: 'start'; job: TrainerJob } | { type: 'stop' }

export interface EngineInfo {
  /** TensorFlow's version. */
  tensorflow: string
  device: 'CPU' | 'GPU'
  deviceName: string
  precision: 'float32' | 'bfloat16'
  /** Which kernels compute and why, such as "AVX-512 kernels (this processor has no AMX)". */
  kernels: string
  /** What is not as asked for, or slower than it could be, and the remedy. */
  notices: string[]
}

/** Trainer to host. Exactly one of `done`, `stopped` and `failed` comes last. */
export type FromTrainer =
  | { type: 'ready'; pid: number }
  /** From a starter: its rank 0 is this process, which writes the checkpoints. */
  | { type: 'leader'; pid: number }
  /** From a starter: it goes on from the last checkpoint after ranks were lost; what happened. */
  | { type: 'restarted'; message: string }
  | { type: 'engine'; engine: EngineInfo }
  | { type: 'metrics'; points: MetricPoint[] }
  /** Which masks the run has used since its first step. */
  | { type: 'masks'; use: MaskUse }
  | { type: 'progress'; progress: Progress }
  /** The run's folder has a new strip of clips, taken by this step. */
  | { type: 'strip'; step: number }
  /** The run's folder has pictures that its method made after this step. */
  | { type: 'pictures'; step: number }
  | { type: 'checkpoint'; step: number; file: string }
  /** A video that could not be read; it is left out and the run goes on. */
  | { type: 'warning'; message: string }
  /** The newest takes the place of those before. */
  | { type: 'partial'; partial: PartialResult }
  | { type: 'result'; result: MeasuredResult; detail: MeasuredDetail | null }
  | { type: 'timed'; timing: StepTiming }
  /** A part of a rehearsal that went well. */
  | { type: 'passed'; check: RehearsedCheck; detail: string }
  | { type: 'mined'; found: Omit<MinedPositives, 'positives'> & { positives: FoundPositive[] } }
  /** The mask of the frame at a place of the job's `indices`. */
  | { type: 'carried'; place: number; carried: CarriedMask }
  | { type: 'done' }
  | { type: 'stopped'; step: number }
  /** `lost`: other ranks of the training are gone, so that it may go on when it is started again. */
  | { type: 'failed'; message: string; lost?: true }
