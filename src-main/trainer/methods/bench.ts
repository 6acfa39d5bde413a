import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { EngineInfo } from '../protocol.ts'
import { Moco } from './moco.ts'

/** Medians over the timed steps; milliseconds of wall time. */
export interface StepTimes {
  engine: EngineInfo
  model: PretrainConfig['model']
  batch: number
  frames: number
  size: number
  /** One whole MoCo step. */
  step: number
  /** One forward pass of one encoder in training mode, nothing recorded: a step has two such. */
  forward: number
  /** Both directions of the loss: forward of both encoders, backward of the query's. */
  contrast: number
  /** Momentum update of the key encoder and SGD. */
  update: number
  /** Processor time of one step over all threads; tells more than wall time on a busy machine. */
  stepCpu: number
  clipsPerSecond: number
}

/**
 * Times MoCo steps on clips of noise.
 * @param steps how many are timed, after two that are not
 */
export function benchStep(engine: Engine, config: PretrainConfig, steps = 10): StepTimes {
  const { model, batch, frames, size } = config
  const moco = new Moco(engine, config)
  const rng = new Rng(config.seed)
  const noise = (): Float32Array =>
    Float32Array.from({ length: batch * frames * size * size * 3 }, () => rng.uniform(-2, 2))
  const [x1, x2] = [noise(), noise()]
  const shape = [batch, frames, size, size, 3] as const
  const times = engine.scope(() => {
    const [q, k] = [engine.tensor(x1, shape), engine.tensor(x2, shape)]
    const stages = Array.from({ length: steps + 2 }, () =>
      timeStages(engine, moco, q, k, config.lr),
    )
    const timed = stages.slice(2)
    const cpu = Array.from({ length: steps }, () => cpuTime(() => moco.step(x1, x2, config.lr)))
    return {
      forward: median(timed.map((t) => t.forward)),
      contrast: median(timed.map((t) => t.contrast)),
      update: median(timed.map((t) => t.update)),
      step: median(timed.map((t) => t.contrast + t.update)),
      stepCpu: median(cpu),
    }
  })
  moco.dispose()
  const clipsPerSecond = (2 * batch * 1000) / times.step
  return { engine: engine.info, model, batch, frames, size, ...times, clipsPerSecond }
}

function timeStages(
  engine: Engine,
  moco: Moco,
  q: Tensor,
  k: Tensor,
  lr: number,
): { forward: number; contrast: number; update: number } {
  return engine.scope(() => {
    const { encoder } = moco
    let gradient!: Tensor
    const forward = wallTime(() =>
      engine.scope(() => {
        const { projection } = encoder.run(new Tape(engine), q, encoder.weights.open(), true)
        engine.read(projection)
      }),
    )
    const contrast = wallTime(() => {
      gradient = moco.contrast(q, k).gradient
    })
    const update = wallTime(() => {
      moco.followQuery()
      moco.update(gradient, lr)
    })
    return { forward, contrast, update }
  })
}

function wallTime(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function cpuTime(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
