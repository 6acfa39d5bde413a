import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { statisticsSettings } from '#shared/methods/statistics.ts'
import { chanceOf, familiesOf, type Family } from '#shared/methods/statistics/answers.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { dropout } from '../engine/ops/dropout.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Blueprint, type Layer } from '../networks/blueprint.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { weightedSum } from '../objectives/weighted-sum.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import type { BatchPlace, Learned, Learner, MethodImplementation, Views } from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'
import { appearanceOf, motionOf, type ClipLayout } from './statistics/clip-statistics.ts'
import { classHead, indexHead, type Answering } from './statistics/heads.ts'
import { partitionsOf, type Partition } from './statistics/partitions.ts'

export type StatisticsConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof statisticsSettings>

/** Tells the draws of dropped features from others. */
const DROPS = 0x73746174

const truthOf = { motion: motionOf, appearance: appearanceOf } as const

/** Motion and appearance statistics (Wang et al., CVPR 2019): an encoder with a linear layer that tells them. */
export class Statistics implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: StatisticsConfig
  private readonly heads: readonly Head[]
  private readonly projector: Projector
  private readonly partitions: readonly Partition[]
  private readonly layout: ClipLayout

  constructor(engine: Engine, config: StatisticsConfig) {
    const { model, frames, size, seed } = config
    const { design, heads } = designOf(config)
    this.engine = engine
    this.config = config
    this.heads = heads
    this.projector = new Projector(engine, design, weightsRng(seed))
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
    ])
    this.partitions = partitionsOf(size)
    this.layout = { frames, size, scaling: encoders[model].scaling }
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views clips, and their flow where statistics of motion are asked for */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine, config, projector, heads } = this
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const [x] = clipsOf(engine, config, views.slice(0, 1)) // [B, T, S, S, 3]
    const rng = new Rng(deriveSeed(config.seed, DROPS, at.batch))
    const pooled = projector.encoder.run(tape, x, pass.open('encoder'), 'train')
    const features = dropout(tape, pooled, config.dropout, rng) // [B, C]
    const run = (layer: Layer): Tensor =>
      projector.head.run(tape, features, pass.open('head'), 'train', { layer })
    const found = heads.map(({ family, answer }) => {
      const truth = truthOf[family.name](views, this.layout, this.partitions)
      return { family, ...answer(tape, run, truth) }
    })
    const loss = weightedSum(
      tape,
      found.map((of) => ({ loss: of.loss, weight: of.family.weight })),
    )
    pass.addLast(tape, loss)
    const metrics = new Map([
      ['loss', loss],
      ...found.map((of) => [`${of.family.name}Loss`, of.loss] as const),
      ['pretext', this.share(found)],
      ['chance', engine.scalar(chanceOf(heads.map(({ family }) => family)))],
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

  /** The share of all statistics that are right. */
  private share(found: readonly { family: Family; right: Tensor }[]): Tensor {
    const { engine } = this
    const all = found.reduce((sum, { family }) => sum + family.answers.length, 0)
    return found
      .map(({ family, right }) => raw.scale(engine, right, family.answers.length / all))
      .reduce((sum, part) => raw.add(engine, sum, part))
  }
}

interface Head {
  family: Family
  answer: Answering
}

function designOf(config: StatisticsConfig): { design: ProjectorDesign; heads: Head[] } {
  const { model, statisticsAs } = config
  const { featureSize: features } = encoders[model]
  const blueprint = new Blueprint()
  const head = statisticsAs === 'classes' ? classHead : indexHead
  const heads = familiesOf(config).map((family) => {
    const { name, answers } = family
    return { family, answer: head(blueprint, { name, features, answers }) }
  })
  // Each of its layers is run by itself.
  const layer: Layer = (_, x) => x
  return { design: { model, head: { entries: blueprint.entries, layer } }, heads }
}

/** An encoder with one linear layer. */
export const statisticsMethod: MethodImplementation = {
  create: (engine, config) => new Statistics(engine, ownSettings(config, statisticsSettings)),
  size(config) {
    const { design } = designOf(ownSettings(config, statisticsSettings))
    const { trained, statistics } = projectorSize(design)
    return { trained, state: trained + statistics }
  },
}
