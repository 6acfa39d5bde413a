import type { Engine } from '../engine/engine.ts'
import type { FromTrainer } from './messages.ts'

/** Tells the host what computes, and the person where that is not what was asked for. */
export function announce(engine: Engine, send: (message: FromTrainer) => void): void {
  const { info } = engine
  send({ type: 'engine', engine: info })
  for (const message of info.notices) send({ type: 'warning', message })
}
