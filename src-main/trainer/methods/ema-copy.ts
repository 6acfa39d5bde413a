import type { Engine } from '../engine/engine.ts'
import { blend } from '../engine/ops/update.ts'
import type { StateDict } from '../networks/weights.ts'
import { prefixed, unprefixed } from './learner.ts'
import { Projector, type ProjectorDesign } from './projector.ts'

const PREFIX = 'ema.'

/**
 * A copy of an encoder and its head whose weights are an exponential moving average (EMA) of the
 * original's. Its running statistics are its own: they follow the clips that it sees.
 */
export class EmaCopy {
  readonly projector: Projector
  private readonly engine: Engine
  private readonly original: Projector

  /** Starts equal to the original. @param design of the original */
  constructor(engine: Engine, original: Projector, design: ProjectorDesign) {
    this.engine = engine
    this.original = original
    this.projector = new Projector(engine, design, null)
    this.projector.loadStateDict(original.stateDict())
  }

  /** Becomes equal to the original again, running statistics included. */
  restart(): void {
    this.projector.loadStateDict(this.original.stateDict())
  }

  /** copy = m * copy + (1 - m) * original. @param m momentum; `emaMomentum` gives it over time */
  follow(m: number): void {
    const { engine, original, projector } = this
    engine.scope(() => {
      for (const part of ['encoder', 'head'] as const) {
        const [copy, source] = [projector[part].weights, original[part].weights]
        copy.theta = blend(engine, copy.theta, source.theta, m)
      }
    })
  }

  /** `ema.encoder.*` and `ema.head.*` */
  stateDict(): StateDict {
    return prefixed(PREFIX, this.projector.stateDict())
  }

  /** @throws StateError when the state is of another encoder or head. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(unprefixed(PREFIX, state))
  }

  dispose(): void {
    this.projector.dispose()
  }
}
