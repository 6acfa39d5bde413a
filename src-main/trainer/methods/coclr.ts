import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { coclrSettings } from '#shared/methods/coclr.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { embeddingHead } from '../networks/heads.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { exclude } from '../objectives/exclude.ts'
import { hitsAmong } from '../objectives/hits.ts'
import { multiPositiveNce } from '../objectives/multi-positive.ts'
import { spreadOf } from '../objectives/spread.ts'
import { clipsOf } from './clips.ts'
import { AlignedQueues, alignedQueuesSize } from './coclr/aligned-queues.ts'
import { dropOwnKeys, minePositives } from './coclr/mine-positives.ts'
import { Stream } from './coclr/stream.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type Miner,
  type MethodImplementation,
  type Views,
} from './learner.ts'
import { projectorSize, type ProjectorDesign } from './projector.ts'

export type CoclrConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof coclrSettings>

/** Tells the draws of dropped keys from others. */
const DROPS = 0x64726f70

/** What a phase trains. */
interface Role {
  trains: Stream
  oracle: Stream
  /** The views that the trained stream takes as query and key, and the oracle for the key. */
  views: { query: number; key: number; oracle: number }
  mines: boolean
}

/**
 * CoCLR (Han et al., NeurIPS 2020): InfoNCE on colours and on flow, then cycles in which each stream
 * takes as positives what the other one, frozen, finds similar.
 */
export class Coclr implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly miner: Miner = {
    judge: (clips, phase) => this.judge(clips, phase),
    choose: ({ similarity, source, entrySources: queueSources }) => {
      const { topK } = this.config
      return minePositives({ similarity, sources: [source], queueSources, topK }).subarray(1)
    },
  }
  private readonly engine: Engine
  private readonly config: CoclrConfig
  private readonly rgb: Stream
  private readonly flow: Stream
  private readonly queues: AlignedQueues

  constructor(engine: Engine, config: CoclrConfig) {
    const { projectionSize, queue, seed } = config
    const design = designOf(config)
    const rng = weightsRng(seed)
    this.engine = engine
    this.config = config
    this.rgb = new Stream(engine, design, rng, '')
    this.flow = new Stream(engine, design, rng, 'flow.')
    this.encoder = this.rgb.query.encoder
    this.trained = new Map(
      [this.rgb, this.flow].flatMap(({ networks, query }) => [
        [networks.encoder, query.encoder.weights] as const,
        [networks.head, query.head.weights] as const,
      ]),
    )
    this.queues = new AlignedQueues(engine, { dimension: projectionSize, length: queue }, seed)
  }

  /**
   * EMA update of the key encoder that trains. Where a phase begins, queues are empty and, unless they
   * are kept, keys come from a copy of the query encoder.
   */
  begin({ step, phase }: BatchPlace): void {
    const { trains } = this.roleOf(phase?.name)
    if (phase && step === phase.from && step > 0) {
      this.queues.restart(step)
      if (this.config.phaseStart === 'fresh') trains.restartKeys()
    }
    trains.follow(this.config.keyMomentum)
  }

  /** @param views colours and flow of two clips: first colours, second ones, first flow, second one */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine, config, queues } = this
    const { trains, oracle, views: place, mines } = this.roleOf(at.phase?.name)
    const chosen = [views[place.query], views[place.key], ...(mines ? [views[place.oracle]] : [])]
    const [x, positives, judged] = clipsOf(engine, config, chosen) // [B, T, H, W, 3]
    const sources = at.sources ?? Array.from({ length: x.shape[0] }, (_, i) => i)
    const k = trains.keysOf(positives) // [B, D]
    const oracleKeys = mines ? oracle.judge(judged) : null // [B, D]
    const wanted = this.positivesOf(oracleKeys, sources, at.batch) // [B, 1 + K]
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const q = trains.embed(tape, x, pass) // [B, D]
    const nce = multiPositiveNce(
      tape,
      { q, k, queue: queues.columns, positives: wanted.used },
      config.temperature,
    )
    const isMining = mines && queues.isFull
    const waits = mines && !isMining && config.beforeFull === 'wait'
    if (!waits) pass.add(tape, nce.loss)
    queues.enqueue(k, oracleKeys, sources)
    return {
      gradients: pass.gradients(),
      metrics: new Map([
        ['loss', nce.loss],
        ...this.measure(nce.similarity, wanted.all, q, isMining),
      ]),
      ...(waits && { skipUpdate: 'the queue is not full of keys of this phase yet' }),
    }
  }

  private judge(clips: Float32Array, phase: string): Float32Array {
    const { engine, config } = this
    const { oracle } = this.roleOf(phase)
    return engine.scope(() => {
      const [x] = clipsOf(engine, config, [clips]) // [B, T, H, W, 3]
      return engine.read(oracle.judge(x)).slice()
    })
  }

  private roleOf(phase = 'rgb-alone'): Role {
    const { rgb, flow } = this
    const mines = phase.endsWith('mines')
    return phase.startsWith('rgb')
      ? { trains: rgb, oracle: flow, views: { query: 0, key: 1, oracle: 3 }, mines }
      : { trains: flow, oracle: rgb, views: { query: 2, key: 3, oracle: 1 }, mines }
  }

  /** `all` positives, and those `used` after own keys were dropped: 1 or 0, [B, 1 + K]. */
  private positivesOf(
    oracleKeys: Tensor | null,
    sources: ArrayLike<number>,
    batch: number,
  ): { all: Tensor; used: Tensor } {
    const { engine, config, queues } = this
    const { topK, dropOwnKey, queue, beforeFull, seed } = config
    const shape = [sources.length, 1 + queue]
    if (!oracleKeys) {
      const own = new Float32Array(shape[0] * shape[1])
      for (let b = 0; b < shape[0]; b++) own[b * shape[1]] = 1
      const alone = engine.tensor(own, shape)
      return { all: alone, used: alone }
    }
    const values = minePositives({
      similarity: queues.similarityTo(oracleKeys),
      sources,
      queueSources: queues.sourcesOfEntries,
      topK: queues.isFull || beforeFull === 'wait' ? topK : 0,
    })
    const all = engine.tensor(values, shape)
    const kept = values.slice()
    dropOwnKeys(kept, sources.length, dropOwnKey, new Rng(deriveSeed(seed, DROPS, batch)))
    return { all, used: engine.tensor(kept, shape) }
  }

  /**
   * @param similarity to the own key, then to the queue, [B, 1 + K]
   * @param positives as long
   * @param isMining `mined` has no value otherwise
   */
  private measure(
    similarity: Tensor,
    positives: Tensor,
    q: Tensor,
    isMining: boolean,
  ): [string, Tensor][] {
    const { engine, config } = this
    const [own, ofQueue] = raw.split(engine, similarity, [1, config.queue], 1)
    const [, minedOnes] = raw.split(engine, positives, [1, config.queue], 1)
    const others = raw.subtract(engine, engine.scalar(1), minedOnes)
    const far = exclude(engine, ofQueue, minedOnes)
    const { hits, hits5 } = hitsAmong(engine, own, far)
    const measured: [string, Tensor][] = [
      ['accuracy', raw.mean(engine, hits, [0])],
      ['top5', raw.mean(engine, hits5, [0])],
      ['positive', raw.mean(engine, own, [0, 1])],
      ['negative', meanWhere(engine, ofQueue, others)],
      ['spread', spreadOf(engine, q)],
    ]
    if (isMining) measured.push(['mined', meanWhere(engine, ofQueue, minedOnes)])
    return measured
  }

  /** `encoder.*`, `head.*` and their moving averages under `ema.`, the same under `flow.`, `mining.*` */
  stateDict(): StateDict {
    return new Map([
      ...this.rgb.stateDict(),
      ...this.flow.stateDict(),
      ...prefixed('mining.', this.queues.stateDict()),
    ])
  }

  /** @throws StateError when the state is of another model, head or queue size. */
  loadState(state: StateDict): void {
    this.queues.loadState(unprefixed('mining.', state))
    this.rgb.loadState(state)
    this.flow.loadState(state)
  }

  dispose(): void {
    for (const part of [this.rgb, this.flow, this.queues]) part.dispose()
  }
}

/** The mean of x where `chosen` is 1; 0 where it is 1 nowhere. */
function meanWhere(engine: Engine, x: Tensor, chosen: Tensor): Tensor {
  const sum = raw.sum(engine, raw.multiply(engine, x, chosen), [0, 1])
  const count = raw.add(engine, raw.sum(engine, chosen, [0, 1]), engine.scalar(1e-9))
  return raw.divide(engine, sum, count)
}

function designOf(config: CoclrConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead({ ...config, headStart: 'uniform' }) }
}

/** Two streams of query and key encoders, and both queues. */
export const coclrMethod: MethodImplementation = {
  create: (engine, config) => new Coclr(engine, ownSettings(config, coclrSettings)),
  size(config) {
    const own = ownSettings(config, coclrSettings)
    const { trained, statistics } = projectorSize(designOf(own))
    const queues = alignedQueuesSize({ dimension: own.projectionSize, length: own.queue })
    return { trained: 2 * trained, state: 4 * (trained + statistics) + queues }
  },
}
