import type { PretrainConfig } from '../config/pretrain-config.ts'
import type { RecipeName, RecipeSize } from '../config/recipes.ts'
import type { ChartKind, MetricKind } from '../metrics/catalogue.ts'
import type { HealthCheck, HealthFacts } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { SettingValue, ValuesOf } from '../settings/setting.ts'

/** One of the forms in which a method may show a clip, so that it can ask which one it is. */
export interface ClipVariant {
  /**
   * Multiple of the run's stride, or the ends of a range from which it is drawn. Default 1. Frame
   * numbers are rounded down; see `views/clip-form.ts` for videos that are too short.
   */
  speed?: number | readonly [number, number]
  /** Whether it plays backwards. */
  isReversed?: boolean
  /** The order in which its parts of equal length play: a permutation. Default: as they are. */
  order?: readonly number[]
  /** Quarter turns anticlockwise, 0 to 3. Default 0. */
  turn?: number
  /** What the method asks. Default: its place among the variants. */
  answer?: number
}

/** One of the clips that a method takes of a video. */
export interface ViewRole {
  /** Stable; the pictures of a run's clips are stored under it. */
  name: string
  label: string
  /** What becomes of it, for somebody who looks at it. */
  meaning: string
  /** What its numbers are: colours (the default), or the optical flow from each frame to the next. */
  modality?: 'rgb' | 'flow'
  /**
   * The place of an earlier view of whose very frames, crop and flip it is made, and whose colours
   * where it is not flow. A variant of its own may change the stride, from the same start. Default: none.
   */
  sameClipAs?: number
  /**
   * Whether it has the frames halfway between those of the same clip, in the form drawn for that; the
   * last one lies behind the clip, and of a clip without a gap they are its own frames. Default false.
   */
  isBetween?: boolean
  /** Forms of the clip, one of which is drawn; one alone is always that. Default: as it is, no question. */
  variants?: readonly ClipVariant[]
  /** The earlier view that it follows in time, without overlap. Default: it starts by itself. */
  follows?: {
    /** Its place; no two views follow the same one. */
    view: number
    /** Frames of the video between the two, fewer in a video that is too short. */
    gap: number
  }
  /**
   * Of a view that others follow: the orders, each a permutation, in which they may be shown. One is
   * drawn a video; the k-th of them shows the part order[k], and the order's number is the answer of all.
   */
  orders?: readonly (readonly number[])[]
  /** Of a clip of a part: the place of the part's first clip, and the settings that the part has. */
  part?: { from: number; config: AnyConfig }
}

/** Clips that a method makes while it trains, for somebody who looks at them. */
export interface PictureRow {
  /** Stable; pictures are stored under it. */
  name: string
  label: string
  meaning: string
}

/** A network of a checkpoint that can be evaluated. */
export interface EvaluatedNetwork {
  /** What its clips are made of. */
  modality: 'rgb' | 'flow'
  /** Before the names of its weights in a checkpoint. */
  prefix: string
}

/** A part of a run that trains otherwise than the parts before it. */
export interface Phase {
  /** Stable; the learner knows it by this name. */
  name: string
  label: string
  /** Its part of the run's steps, in proportion to the other shares. */
  share: number
  /** Places of the views that it takes; the others are drawn but not made. Default: all. */
  views?: readonly number[]
  /** Epochs after which the step schedule lowers its rate, in place of the run's. */
  stepAt?: string
  /** Whether it begins with optimisers that remember nothing. */
  freshOptimiser?: boolean
  /** What must be full before it does what it is for: so many clips, by this setting. */
  fills?: { clips: number; setting: string }
}

/** How a method finds positives of a clip among the clips of its queue. */
export interface Mining {
  /** The view that the network that finds them looks at, by its place. */
  view: number
  /** Clips of the queue. */
  queue: number
}

/** Values of some settings, whichever method they belong to. */
export type Values = Readonly<Record<string, SettingValue>>

/** A run's settings with those of its method, where the method's own table is not at hand. */
export type AnyConfig = PretrainConfig & Values

/** One of the methods of a run that trains several on one encoder. */
export interface Part {
  /** Unique in its run; stands before the names of what it measures and of its clips. */
  name: string
  label: string
  /** Its place in the list as it is written, counted from 0; its state is stored under it. */
  place: number
  /** Factor of its loss, above 0. */
  weight: number
  /** The settings of the run as this part has them, its method among them. */
  config: AnyConfig
}

/** A method of self-supervision as forms, charts, reports and the command line know it. */
export interface MethodDescriptor<Table extends PretrainTable = PretrainTable> {
  label: string
  /**
   * Whether several processes can share its batches: each step is then what one process would make. Where
   * its loss looks across a batch, or it draws anything for a clip, it does so over all processes.
   */
  sharesBatches?: boolean
  /** One line that helps to choose. */
  meaning: string
  /** The clips of a video, in the order in which they are drawn. The first is `query` to `merge`. */
  views(config: PretrainConfig & ValuesOf<Table>): readonly ViewRole[]
  /** The methods that it trains together, in order. Default: none, it is one by itself. */
  parts?(config: PretrainConfig & ValuesOf<Table>): readonly Part[]
  /** What a run of it is called where its label says too little; null where it does not. */
  title?(config: { merge?: string; parts?: unknown }): string | null
  /** Why it cannot be trained together with others. Default: it can. */
  alone?: string
  /** The parts of a run in order, each with a learning-rate schedule of its own. Default: one. */
  phases?(config: ValuesOf<Table>): readonly Phase[]
  /** A network that can be evaluated beside `encoder`, of another modality. Default: none. */
  secondStream?: EvaluatedNetwork
  /** Defaults of settings that every run has, where this method's are others. */
  defaults?: Values
  /** How positives are mined in a phase, by its name; null, or left out, where none are. */
  mines?(phase: string, config: ValuesOf<Table>): Mining | null
  /** Settings that no other part of a run has. */
  settings: Table
  /** What is wrong with settings that are each right by themselves; null where nothing is. */
  fault(config: PretrainConfig & ValuesOf<Table>): string | null
  /** What it measures of a batch, by name; `loss` is among them. */
  metrics: Readonly<Record<string, MetricKind>>
  charts: readonly ChartKind[]
  /** The rows of pictures that it makes, from top to bottom. Default: it makes none. */
  pictures?(config: PretrainConfig & ValuesOf<Table>): readonly PictureRow[]
  /** The healthy range of each metric, which follows from the settings. The first tells of collapse. */
  health(config: PretrainConfig & ValuesOf<Table>, facts: HealthFacts): readonly HealthCheck[]
  /**
   * How many negatives a clip has, for a method whose negatives are the batch: a batch that is cut into
   * parts leaves it fewer. Left out or null where they come from elsewhere.
   */
  batchNegatives?(config: PretrainConfig & ValuesOf<Table>): number | null
  /** The first step, counted from 1, whose loss and scores can be compared with later ones. */
  scoredFrom(config: PretrainConfig & ValuesOf<Table>): number
  /**
   * Values of a recipe that depend on the method.
   * @param common the other settings of the recipe
   * @param size the machine that it is cut for: `big` may name an encoder and clips of the paper's size
   */
  recipe(recipe: RecipeName, common: PretrainConfig, size: RecipeSize): Values
  /**
   * How a paper trains with this method on a recipe's data set, over the defaults: the method's own, or
   * FAME's for the method that FAME builds on. Null where none does.
   */
  paper(recipe: RecipeName): Values | null
  /** What runs were made with that are older than a setting. */
  older: Values
}

/** The same configuration, whose settings can be looked up by name. */
export function byName(config: PretrainConfig): AnyConfig {
  return config
}

/** Checks at compile time that a descriptor fits its own table. */
export function defineMethod<const Table extends PretrainTable>(
  method: MethodDescriptor<Table>,
): MethodDescriptor<Table> {
  return method
}
