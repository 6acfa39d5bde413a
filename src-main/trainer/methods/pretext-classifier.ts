import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { dropout } from '../engine/ops/dropout.ts'
import { peakPool } from '../engine/ops/peak-pool.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Blueprint, type Layer } from '../networks/blueprint.ts'
import type { OpenWeights } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { classify } from '../objectives/classify.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import type { BatchPlace, Learned, Learner, LearnerSize, Views } from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'
import { drawSize, resizeClips } from './random-size.ts'

/** What a pretext task asks. */
export interface Question {
  /** K, possible answers. */
  classes: number
  /**
   * Which rows the head answers for: every clip of the batch by itself, with the answer of its own view,
   * or each video once, with the answer of its first view.
   */
  of: 'clips' | 'videos'
  /**
   * Declares what comes between the pooled features and the layer that answers:
   * [V B, C], view after view, -> [N, size], with N = V B for clips and B for videos. Left out: nothing.
   */
  hidden?: (blueprint: Blueprint, features: number) => { layer: Layer; size: number }
  /** The name of the layer that answers. Default `fc`. */
  answerName?: string
  /** Part of what the answering layer takes that is left out. Default 0. */
  dropout?: number
  /** How features are pooled: `max` over space, then the mean over time; default the mean of all. */
  pooling?: 'mean' | 'max'
  /** Sizes in pixels; the clips of a batch are resized to one of them. Default: no resizing. */
  sizes?: readonly number[]
}

export type QuestionConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'>

/** Tells the draws of dropped features from others. */
const DROPS = 0x70726f70

/**
 * Asks the encoder a question about clips whose answer is known, and trains it with the cross-entropy
 * of the answers. All clips of a batch go through the encoder in one pass, with common batch statistics.
 */
export class PretextClassifier implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: QuestionConfig
  private readonly question: Question
  private readonly head: AnsweringHead
  private readonly projector: Projector

  constructor(engine: Engine, config: QuestionConfig, question: Question) {
    this.engine = engine
    this.config = config
    this.question = question
    this.head = answeringHead(config.model, question)
    this.projector = new Projector(engine, this.head.design, weightsRng(config.seed))
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
    ])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @throws Error without the answers of the batch */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine, config, question } = this
    const labels = labelsOf(question, at)
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const clips = raw.concat(engine, clipsOf(engine, config, views), 0) // [V B, T, H, W, 3]
    const { sizes } = question
    const x = sizes ? resizeClips(engine, clips, drawSize(sizes, config.seed, at)) : clips
    const logits = this.answer(tape, x, pass, at) // [N, K]
    const { loss, hits } = classify(tape, logits, labels)
    pass.addLast(tape, loss)
    const metrics = new Map([
      ['loss', loss],
      ['pretext', raw.mean(engine, hits, [0])],
      ['chance', engine.scalar(1 / question.classes)],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  /** `encoder.*` and `head.*` */
  stateDict(): StateDict {
    return this.projector.stateDict()
  }

  /** @throws StateError when the state is of another encoder or head. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
  }

  dispose(): void {
    this.projector.dispose()
  }

  private answer(tape: Tape, x: Tensor, pass: GradientPass, at: BatchPlace): Tensor {
    const { projector, head, config, question } = this
    const features = this.pool(tape, x, pass.open('encoder')) // [V B, C]
    const run = (input: Tensor, layer: Layer): Tensor =>
      projector.head.run(tape, input, pass.open('head'), 'train', { layer })
    const hidden = head.hidden ? run(features, head.hidden) : features // [N, F]
    const rng = new Rng(deriveSeed(config.seed, DROPS, at.batch))
    const groups = question.of === 'videos' ? 1 : x.shape[0] / at.answers![0].length
    return run(dropout(tape, hidden, question.dropout ?? 0, rng, groups), head.answer)
  }

  private pool(tape: Tape, x: Tensor, opened: OpenWeights): Tensor {
    const { encoder } = this.projector
    if (this.question.pooling !== 'max') return encoder.run(tape, x, opened, 'train')
    return peakPool(tape, encoder.map(tape, x, opened, 'train'))
  }
}

interface AnsweringHead {
  design: ProjectorDesign
  hidden: Layer | null
  answer: Layer
}

function answeringHead(model: EncoderName, question: Question): AnsweringHead {
  const { classes, hidden, answerName = 'fc' } = question
  const blueprint = new Blueprint()
  const { featureSize: C } = encoders[model]
  const { layer, size } = hidden?.(blueprint, C) ?? { layer: null, size: C }
  const answer = blueprint.linear(answerName, size, classes)
  return {
    design: { model, head: { entries: blueprint.entries, layer: answer } },
    hidden: layer,
    answer,
  }
}

/** What a classifier holds. */
export function pretextClassifierSize(model: EncoderName, question: Question): LearnerSize {
  const { trained, statistics } = projectorSize(answeringHead(model, question).design)
  return { trained, state: trained + statistics }
}

/** The answers of the rows that the head gives, in their order. */
function labelsOf({ of }: Question, { answers }: BatchPlace): Int32Array {
  if (!answers?.[0]) throw new Error('This method needs the answers of a batch.')
  return of === 'videos' ? answers[0] : Int32Array.from(answers.flatMap((view) => [...view]))
}
