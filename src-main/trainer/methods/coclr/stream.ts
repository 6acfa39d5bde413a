import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../engine/engine.ts'
import { normalizeRows } from '../../engine/ops/normalize.ts'
import { Tape } from '../../engine/tape.ts'
import type { Tensor } from '../../engine/tensor.ts'
import type { StateDict } from '../../networks/weights.ts'
import { EmaCopy } from '../ema-copy.ts'
import type { GradientPass } from '../gradient-pass.ts'
import { prefixed, unprefixed } from '../learner.ts'
import { Projector, type ProjectorDesign } from '../projector.ts'

/** The query and key encoder of one modality, with their heads. */
export class Stream {
  /** Names of its trained networks. */
  readonly networks: { encoder: string; head: string }
  readonly query: Projector
  private readonly engine: Engine
  private readonly key: EmaCopy
  private readonly prefix: string

  /** @param prefix before the names of its networks and of its state; may be empty */
  constructor(engine: Engine, design: ProjectorDesign, rng: Rng, prefix: string) {
    this.engine = engine
    this.prefix = prefix
    this.networks = { encoder: `${prefix}encoder`, head: `${prefix}head` }
    this.query = new Projector(engine, design, rng)
    this.key = new EmaCopy(engine, this.query, design)
  }

  /** EMA update of the key encoder. */
  follow(m: number): void {
    this.key.follow(m)
  }

  /** The key encoder becomes a copy of the query encoder. */
  restartKeys(): void {
    this.key.restart()
  }

  /** Queries at unit length, [B, D], with the gradients that the pass asks for. */
  embed(tape: Tape, x: Tensor, pass: GradientPass): Tensor {
    const opened = {
      encoder: pass.open(this.networks.encoder),
      head: pass.open(this.networks.head),
    }
    return normalizeRows(tape, this.query.run(tape, x, opened, 'train'))
  }

  /** Keys at unit length, [B, D]. */
  keysOf(x: Tensor): Tensor {
    const { engine, key } = this
    return engine.scope(() => {
      const tape = new Tape(engine)
      return normalizeRows(tape, key.projector.run(tape, x, key.projector.open(), 'train'))
    })
  }

  /** What the frozen query encoder says as an oracle, with its running statistics: [B, D]. */
  judge(x: Tensor): Tensor {
    const { engine, query } = this
    return engine.scope(() => {
      const tape = new Tape(engine)
      return normalizeRows(tape, query.run(tape, x, query.open(), 'evaluate'))
    })
  }

  stateDict(): StateDict {
    return prefixed(this.prefix, new Map([...this.query.stateDict(), ...this.key.stateDict()]))
  }

  /** @throws StateError when the state is of another encoder or head. */
  loadState(state: StateDict): void {
    const own = unprefixed(this.prefix, state)
    this.query.loadStateDict(own)
    this.key.loadState(own)
  }

  dispose(): void {
    this.query.dispose()
    this.key.dispose()
  }
}
