import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { beSettings } from '#shared/methods/be.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { embeddingHead } from '../networks/heads.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { infoNce } from '../objectives/info-nce.ts'
import { spreadOf } from '../objectives/spread.ts'
import { clipsOf } from './clips.ts'
import { EmaCopy } from './ema-copy.ts'
import { GradientPass } from './gradient-pass.ts'
import type { Learned, Learner, MethodImplementation, Views } from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'
import { KeyQueue } from './queue.ts'

export type BeConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof beSettings>

/**
 * Background erasing (Wang et al., CVPR 2021): momentum contrast with the mixed clip as query and the
 * unmixed one as key, and one negative more, which the query encoder embeds. The loader mixes.
 */
export class Be implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: BeConfig
  private readonly query: Projector
  private readonly key: EmaCopy
  private readonly queue: KeyQueue

  constructor(engine: Engine, config: BeConfig) {
    const design = designOf(config)
    this.engine = engine
    this.config = config
    this.query = new Projector(engine, design, weightsRng(config.seed))
    this.key = new EmaCopy(engine, this.query, design)
    this.encoder = this.query.encoder
    this.trained = new Map([
      ['encoder', this.query.encoder.weights],
      ['head', this.query.head.weights],
    ])
    const rng = new Rng(deriveSeed(config.seed, 0x71756575))
    this.queue = new KeyQueue(engine, config.projectionSize, config.queue, rng)
  }

  /** EMA update of the key encoder. */
  begin(): void {
    this.key.follow(this.config.keyMomentum)
  }

  /** @param views query, key and, where it is of the same video, the extra negative */
  learn(views: Views): Learned {
    const { engine, config, queue } = this
    const [x, positives, negatives] = clipsOf(engine, config, views) // [B, T, H, W, 3]
    const k = this.keysOf(positives) // [B, D]
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const embed = (clips: Tensor): Tensor => {
      const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
      return normalizeRows(tape, this.query.run(tape, clips, opened, 'train'))
    }
    const own = embed(x) // [B, D]
    // The next video of the batch may be another process's.
    const q = gatherRows(tape, own)
    const extra = this.extraOf(q, negatives, tape, embed)
    const nce = infoNce(tape, q, k, queue.columns, config.temperature, extra)
    pass.addLast(tape, nce.loss)
    queue.enqueue(k)
    const metrics = new Map([
      ['loss', nce.loss],
      ['accuracy', raw.mean(engine, nce.hits, [0])],
      ['top5', raw.mean(engine, nce.hits5, [0])],
      ['positive', nce.positive],
      ['negative', nce.negative],
      ['extra', extra ? meanOfProducts(engine, q, extra) : engine.scalar(0)],
      ['spread', spreadOf(engine, own)],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  /** At unit length, of all processes that share the batch, [B, D]. */
  private keysOf(x: Tensor): Tensor {
    const { engine, key } = this
    return engine.scope(() => {
      const tape = new Tape(engine)
      const own = key.projector.run(tape, x, key.projector.open(), 'train')
      return gatherRows(tape, normalizeRows(tape, own))
    })
  }

  /** The extra negative of each query at unit length, [B, D]; null for none. */
  private extraOf(
    q: Tensor,
    negatives: Tensor | undefined,
    tape: Tape,
    embed: (clips: Tensor) => Tensor,
  ): Tensor | null {
    if (negatives) return gatherRows(tape, embed(negatives))
    return this.config.extraNegative === 'other-video' ? ofNextRow(tape, q) : null
  }

  /** The query encoder, its moving average under `ema.`, `queue` and `pointer`. */
  stateDict(): StateDict {
    const { query, key, queue } = this
    return new Map([...query.stateDict(), ...key.stateDict(), ...queue.stateDict()])
  }

  /** @throws StateError when the state is of another model, head or queue size. */
  loadState(state: StateDict): void {
    this.queue.found(state)
    this.query.loadStateDict(state)
    this.key.loadState(state)
    this.queue.loadState(state)
  }

  dispose(): void {
    for (const part of [this.query, this.key, this.queue]) part.dispose()
  }
}

/** Each row replaced by the one after it, the last by the first: [B, D]. */
function ofNextRow(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const rows = x.shape[0]
  const rolled = (from: Tensor, first: number): Tensor => {
    const [head, tail] = raw.split(engine, from, [first, rows - first], 0)
    return raw.concat(engine, [tail, head], 0)
  }
  return tape.record(rolled(x, 1), [x], [], (dy) => [rolled(dy, rows - 1)])
}

function meanOfProducts(engine: Engine, a: Tensor, b: Tensor): Tensor {
  return raw.mean(engine, raw.sum(engine, raw.multiply(engine, a, b), [1]), [0])
}

function designOf(config: BeConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead({ ...config, headStart: 'uniform' }) }
}

/** Query and key encoder with their heads, the keys of the queue, and its pointer. */
export const beMethod: MethodImplementation = {
  create: (engine, config) => new Be(engine, ownSettings(config, beSettings)),
  size(config) {
    const own = ownSettings(config, beSettings)
    const { trained, statistics } = projectorSize(designOf(own))
    return { trained, state: 2 * (trained + statistics) + own.projectionSize * own.queue + 1 }
  },
}
