import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { countPieces, cutAxes, type pieceSettings, type PieceGrid } from '#shared/methods/pieces.ts'
import type { dropoutSetting } from '#shared/methods/pretext.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Encoder } from '../../encoders/encoder.ts'
import type { Engine } from '../../engine/engine.ts'
import { relu } from '../../engine/ops/elementwise.ts'
import { joinRows } from '../../engine/ops/join-rows.ts'
import { drawRows } from '../../engine/ops/over-ranks.ts'
import { sequence, type Blueprint, type Layer } from '../../networks/blueprint.ts'
import { StateError, type StateDict, type Weights } from '../../networks/weights.ts'
import type { BatchPlace, Learned, Learner, LearnerSize, MadePictures, Views } from '../learner.ts'
import { shownClips } from '../pictures.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from '../pretext-classifier.ts'
import { pairHead } from '../pair-head.ts'
import {
  cutPieces,
  drawPlaceNumbers,
  offsetsFrom,
  showPieces,
  type Cutting,
  type Offsets,
} from './cut.ts'
import { motionOfFrames } from './motion-of-frames.ts'
import type { Order } from './orders.ts'

export type PieceConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof pieceSettings> &
  ValuesOf<{ dropout: typeof dropoutSetting }>

/** What a method asks about pieces. */
export interface PieceTask {
  grid: PieceGrid
  /** How many orders there are to tell apart. */
  classes: number
  /** Whether an order has the same answer as its reverse; either is shown then. Default false. */
  isMirrored?: boolean
  /** Whether the head looks at each pair of pieces by itself first, else at all together. Default false. */
  isPairwise?: boolean
  /** Whether the second view is the flow of the clip, and places in time are drawn by it. Default false. */
  isByMotion?: boolean
}

/** Tells the draws of the places of pieces in their cells from others. */
const CUTS = 0x70696563

/** Tells the draws of the direction of orders from others. */
const DIRECTIONS = 0x64697265

/** The name of the chosen orders in a checkpoint. */
const ORDERS = 'permutations'

/**
 * Cuts each clip into pieces, puts them in one of several orders and asks which one it is. The encoder
 * takes each piece by itself; a head takes the features of all of them in their order, as in the siamese
 * networks of Noroozi and Favaro (ECCV 2016). The answer of a clip, which the loader drew, is the number
 * of its order. The orders are part of the state.
 */
export class PieceOrder implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: PieceConfig
  private readonly task: PieceTask
  private readonly classifier: PretextClassifier
  private orders: readonly Order[]

  /** @param orders of the pieces, [classes] */
  constructor(engine: Engine, config: PieceConfig, task: PieceTask, orders: readonly Order[]) {
    const [time, height] = cutAxes(config, task.grid)
    const piece = { ...config, frames: time.piece, size: height.piece }
    this.engine = engine
    this.config = config
    this.task = task
    this.orders = orders
    this.classifier = new PretextClassifier(engine, piece, questionOf(config, task))
    this.encoder = this.classifier.encoder
    this.trained = this.classifier.trained
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @throws Error without the answers of the batch */
  learn(views: Views, at: BatchPlace): Learned {
    const cutting = this.cutting(at)
    return this.classifier.learn(cutPieces(views[0], cutting, this.offsets(views, cutting, at)), at)
  }

  /** The first clips, whole and in pieces as the encoder takes them. */
  pictures(views: Views, at: BatchPlace, most: number): MadePictures {
    const [clips] = views
    const { model, frames, size } = this.config
    const cutting = this.cutting(at)
    const count = Math.min(most, cutting.orders.length)
    const shape = [count, frames, size, size, 3] as const
    const { scaling } = encoders[model]
    const black = scaling.mean.map((mean, c) => -mean / scaling.deviation[c])
    const part = { ...cutting, orders: cutting.orders.slice(0, count) }
    const first = clips.subarray(0, count * frames * size * size * 3)
    const pieces = showPieces(first, part, this.offsets(views, cutting, at), black)
    return {
      slots: Array.from({ length: count }, (_, slot) => slot),
      rows: new Map([
        ['clip', shownClips(clips, shape, scaling)],
        ['pieces', shownClips(pieces, shape, scaling)],
      ]),
    }
  }

  /** `encoder.*`, `head.*` and `permutations` [classes, pieces] */
  stateDict(): StateDict {
    const data = Float32Array.from(this.orders.flat())
    const shape = [this.orders.length, countPieces(this.task.grid)]
    return new Map([...this.classifier.stateDict(), [ORDERS, { shape, data }]])
  }

  /** @throws StateError when the state is of another encoder or head, or of other orders. */
  loadState(state: StateDict): void {
    const pieces = countPieces(this.task.grid)
    const found = state.get(ORDERS)?.data
    if (found?.length !== this.task.classes * pieces) {
      throw new StateError(
        `The state has no ${this.task.classes} orders of ${pieces} pieces. Resume with the settings with which it was saved.`,
      )
    }
    this.classifier.loadState(new Map([...state].filter(([name]) => name !== ORDERS)))
    this.orders = Array.from({ length: this.task.classes }, (_, k) => [
      ...found.subarray(k * pieces, (k + 1) * pieces),
    ])
  }

  dispose(): void {
    this.classifier.dispose()
  }

  /** Where the pieces of each clip lie in their cells. */
  private offsets([, flows]: Views, cutting: Cutting, { batch }: BatchPlace): Offsets[] {
    const { engine, config, task } = this
    const rng = new Rng(deriveSeed(config.seed, CUTS, batch))
    const { orders } = cutting
    const numbers = drawRows(engine, orders.length, () => drawPlaceNumbers(task.grid, rng))
    const { scaling } = encoders[config.model]
    const motion = task.isByMotion ? motionOfFrames(flows, config, scaling) : []
    return orders.map((order, clip) => offsetsFrom(cutting, order, numbers[clip], motion.at(clip)))
  }

  private cutting({ answers, batch }: BatchPlace): Cutting {
    if (!answers?.[0]) throw new Error('This method needs the answers of a batch.')
    const { engine, config, task, orders } = this
    const rng = new Rng(deriveSeed(config.seed, DIRECTIONS, batch))
    const isReversed = drawRows(
      engine,
      answers[0].length,
      () => task.isMirrored === true && rng.chance(0.5),
    )
    const orderOf = (answer: number, clip: number): Order =>
      isReversed[clip] ? orders[answer].toReversed() : orders[answer]
    return { shape: config, grid: task.grid, orders: Array.from(answers[0], orderOf) }
  }
}

/** What a learner of pieces holds. */
export function pieceOrderSize(config: PieceConfig, task: PieceTask): LearnerSize {
  const { trained, state } = pretextClassifierSize(config.model, questionOf(config, task))
  return { trained, state: state + task.classes * countPieces(task.grid) }
}

/** Features of P pieces, piece after piece: [P B, C] -> [B, P C] -> [B, width], then ReLU. */
export function joiningLayers(
  blueprint: Blueprint,
  { pieces, features, width }: { pieces: number; features: number; width: number },
): Layer {
  return sequence(
    (pass, x) => joinRows(pass.tape, x, pieces),
    blueprint.linear('fc1', pieces * features, width),
    (pass, x) => relu(pass.tape, x),
  )
}

function questionOf(config: PieceConfig, { grid, classes, isPairwise }: PieceTask): Question {
  const { headWidth: width, dropout } = config
  const pieces = countPieces(grid)
  return {
    classes,
    of: 'videos',
    hidden: (blueprint, features) =>
      isPairwise
        ? pairHead(blueprint, pieces, { features, pair: width })
        : { layer: joiningLayers(blueprint, { pieces, features, width }), size: width },
    answerName: isPairwise ? 'fc8' : 'fc2',
    dropout,
  }
}
