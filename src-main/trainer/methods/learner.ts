import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Encoder } from '../encoders/encoder.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import type { GroupRule } from '../optimisers/parameters.ts'

/** Normalised clips of a batch, one array a view: [B, frames, size, size, 3] row by row. */
export type Views = readonly Float32Array[]

/** Where a batch stands in its run. Everything random in a step follows from the seed and this. */
export interface BatchPlace {
  /** Optimiser steps before this one. */
  step: number
  /** Of the whole run. */
  steps: number
  /** Micro-batches before this one, counted from the start of the run. */
  batch: number
  /** Passes over the training videos before the one that this micro-batch belongs to. */
  epoch: number
  /** The phase that the step belongs to, and the phase's first step; only where a method has phases. */
  phase?: { name: string; from: number; freshOptimiser?: boolean }
  /** Number of the source of each video of the batch: the same for clips cut from one recording, [B]. */
  sources?: ArrayLike<number>
  /** What the method asks of each clip, an array [B] a view; -1 where it asks nothing. See `ClipVariant`. */
  answers?: readonly Int32Array[]
  /**
   * Of a trial, whose few batches stand for all: whether this one should take as much time as a batch takes
   * in the mean, or as much memory as the largest. It matters where batches differ in size. Runs have none.
   */
  standsFor?: 'time' | 'memory'
  /** Place of each video of the batch in the run's list of videos, [B]. */
  videos?: ArrayLike<number>
}

/** What a method makes of one micro-batch. */
export interface Learned {
  /**
   * A gradient [P] for each of the trained networks, by name. A network that none of the micro-batches
   * of a step has a gradient for is left alone in that step: neither momentum nor decay moves it.
   */
  gradients: ReadonlyMap<string, Tensor>
  /** Scalars to show, by name; `loss` is among them. What has no value in a step is left out. */
  metrics: ReadonlyMap<string, Tensor>
  /**
   * Where the step is to end without an update: the reason, such as `the queue is not full yet`. Step
   * count, schedules and the order of the data go on.
   */
  skipUpdate?: string
}

/** Clips in [0, 1], of any number of frames: [n, T, S, S, 3] row by row. */
export interface MadeClips {
  data: Float32Array
  shape: readonly [clips: number, frames: number, size: number, size: number, channels: 3]
}

/** Pictures that a method makes of a micro-batch, or by itself, for somebody who watches a run. */
export interface MadePictures {
  /** Of which clips of the batch they are, by place; null where they are of none. */
  slots: readonly number[] | null
  /** By the names of the descriptor's rows, from top to bottom; each of as many clips. */
  rows: ReadonlyMap<string, MadeClips>
}

/** How the optimiser treats a network that differs from the others. */
export interface Treatment {
  /** Its learning rate is the run's, without warm-up and schedule. */
  constantRate?: boolean
  /** Adam's decay rate of the mean of gradients. Default: the run's. */
  beta1?: number
  /** Groups of its parameters with a weight decay or rate of their own; they go before the run's. */
  rules?: readonly GroupRule[]
}

/** Of a method that mines positives: what it would take for a clip, without training. */
export interface Miner {
  /**
   * What the network that mines in a phase makes of the clips of its view, at unit length.
   * @param clips [B, T, S, S, 3]
   * @returns [B, D]
   */
  judge(clips: Float32Array, phase: string): Float32Array
  /**
   * Which clips of the queue are positives of a clip.
   * @param of their similarities to it, its source video, and theirs
   * @returns 1 for a positive, else 0, as long as the similarities
   */
  choose(of: {
    similarity: Float32Array
    source: number
    entrySources: readonly number[]
  }): Float32Array
}

/**
 * A method of self-supervision. It knows its loss and its state, but not optimiser, clipping,
 * accumulation, schedule, checkpoints or files: those are the runner's.
 */
export interface Learner {
  /** The network that is evaluated. */
  readonly encoder: Encoder
  /** The weights of the networks that the optimiser trains, by name; `encoder` is one of them. */
  readonly trained: ReadonlyMap<string, Weights>
  /** Of the trained networks, those that the optimiser treats in another way, by name. */
  readonly treatments?: ReadonlyMap<string, Treatment>
  /** Left out by methods that mine no positives. */
  readonly miner?: Miner
  /**
   * Long work before a step, in pieces, such as clustering; left out by methods that have none. It
   * changes nothing itself. Trials of a configuration leave it out.
   * @param goesOn asked after every piece; lets the host's messages arrive
   * @returns what takes the result in; null where it was told to stop
   */
  prepare?(at: BatchPlace, goesOn: () => Promise<boolean>): Promise<TakeIn | null>
  /** Called before the first micro-batch of a step: EMA updates and the like. */
  begin(at: BatchPlace): void
  /** Runs in an engine scope. Moves running statistics, queues and the like. */
  learn(views: Views, at: BatchPlace): Learned
  /**
   * Pictures for somebody who watches the run; left out by methods that make none. Runs in an engine
   * scope, after the step of the micro-batch. It changes nothing: neither weights nor statistics, and
   * what is random in it follows from the seed and the place alone.
   * @param most how many clips are wanted at most
   */
  pictures?(views: Views, at: BatchPlace, most: number): MadePictures
  /** What training goes on from, apart from the optimiser's state. */
  stateDict(): StateDict
  /** @throws StateError when the state is not of this method and configuration. */
  loadState(state: StateDict): void
  dispose(): void
}

/**
 * Takes the result of long work in, at once. It returns the trained networks that have started anew,
 * whose optimisers then remember nothing.
 */
export type TakeIn = () => readonly string[]

/** Values that a learner holds, in numbers of floats. */
export interface LearnerSize {
  /** Parameters that the optimiser trains. */
  trained: number
  /** All of its `stateDict` at the start of a run. */
  state: number
  /** What each video that it has seen adds to that. Default 0. */
  perVideo?: number
}

/** What a method's file hands to the index of methods. */
export interface MethodImplementation {
  /** @throws ConfigError where the configuration is of another method */
  create(engine: Engine, config: PretrainConfig): Learner
  /** Without TensorFlow. */
  size(config: PretrainConfig): LearnerSize
}

/** The same entries with a prefix before their names. */
export function prefixed(prefix: string, state: StateDict): StateDict {
  return new Map([...state].map(([name, entry]) => [prefix + name, entry]))
}

/** The entries whose names have the prefix, without it. */
export function unprefixed(prefix: string, state: StateDict): StateDict {
  const own = [...state].filter(([name]) => name.startsWith(prefix))
  return new Map(own.map(([name, entry]) => [name.slice(prefix.length), entry]))
}
