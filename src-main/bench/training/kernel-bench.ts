import { cpus, loadavg } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { conv } from '../../trainer/engine/ops/conv.ts'
import { Tape } from '../../trainer/engine/tape.ts'
import { sizeOf, type Tensor } from '../../trainer/engine/tensor.ts'
import type { ConvLayer } from './conv-layers.ts'

/** GFLOP for each second of processor time of all threads, which other programs disturb little. */
export interface Rates {
  /** By the op that a run would take. */
  chosen: number
  /** By TensorFlow's. */
  tensorflow: number
}

export interface KernelBenchRow {
  layer: string
  /** How many layers of the encoder have these sizes. */
  count: number
  x: readonly number[]
  kernel: readonly number[]
  outputs: number
  forward: Rates
  /** The gradient of x; null for the stem, whose x are clips. */
  input: Rates | null
  /** The gradient of the kernel. */
  filter: Rates
}

export interface KernelBench {
  model: PretrainConfig['model']
  precision: string
  rows: KernelBenchRow[]
  cpu: string
  cores: number
  load: [number, number]
}

/** Times layers of an encoder, each work by TensorFlow's op and by the chosen one in turn. */
export function benchKernels(
  engine: Engine,
  model: PretrainConfig['model'],
  layers: readonly ConvLayer[],
): KernelBench {
  const before = loadavg()[0]
  const rows = layers.map((layer) => benchLayer(engine, layer))
  return {
    model,
    precision: engine.info.precision,
    rows,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: [before, loadavg()[0]],
  }
}

function benchLayer(engine: Engine, layer: ConvLayer): KernelBenchRow {
  const { name, count, x, kernel, outputs } = layer
  const y = shapeOf(layer)
  const operations = (2 * sizeOf(y) * sizeOf(kernel) * x[4]) / 1e9
  return engine.scope(() => {
    const data = { x: filled(engine, x), w: filled(engine, [...kernel, x[4], outputs]) }
    const dy = filled(engine, y)
    const rate = (of: Work): Rates => {
      const chosen = new TimedWork(engine, layer, of, { ...data, dy })
      const tensorflow = new TimedWork(engine.withoutKernels(), layer, of, { ...data, dy })
      for (let i = 0; i < TRIES; i++) [chosen, tensorflow].forEach((work) => work.once())
      return { chosen: operations / chosen.best, tensorflow: operations / tensorflow.best }
    }
    return {
      layer: name,
      count,
      x,
      kernel,
      outputs,
      forward: rate('forward'),
      input: x[4] > 3 ? rate('input') : null,
      filter: rate('filter'),
    }
  })
}

type Work = 'forward' | 'input' | 'filter'

/** The first call of an op prepares what the next ones use. */
const TRIES = 4

class TimedWork {
  /** The shortest time so far, in seconds of processor time. */
  best = Infinity
  private readonly engine: Engine
  private readonly layer: ConvLayer
  private readonly work: Work
  private readonly data: Record<'x' | 'w' | 'dy', Tensor>

  constructor(
    engine: Engine,
    layer: ConvLayer,
    work: Work,
    data: Record<'x' | 'w' | 'dy', Tensor>,
  ) {
    this.engine = engine
    this.layer = layer
    this.work = work
    this.data = data
  }

  once(): void {
    const { engine, work } = this
    const { x, w, dy } = this.data
    engine.scope(() => {
      const tape = new Tape(engine)
      if (work !== 'forward') tape.watch([work === 'input' ? x : w])
      let begun = process.cpuUsage()
      const y = conv(tape, x, w, this.layer)
      if (work !== 'forward') {
        begun = process.cpuUsage()
        tape.backward(y, dy).forEach((gradient) => engine.release(gradient))
      }
      const { user, system } = process.cpuUsage(begun)
      this.best = Math.min(this.best, (user + system) / 1e6)
    })
  }
}

function shapeOf(layer: ConvLayer): readonly number[] {
  const size = layer.kernel.map((k, i) => {
    const [before, after] = layer.padding[i]
    return Math.floor((layer.x[i + 1] + before + after - k) / layer.stride[i]) + 1
  })
  return [layer.x[0], ...size, layer.outputs]
}

/** Not zeros, and no numbers so small that processors take long over them. */
function filled(engine: Engine, shape: readonly number[]): Tensor {
  const data = new Float32Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) data[i] = ((i % 251) - 125) / 125
  return engine.cast(engine.tensor(data, shape), engine.compute)
}
