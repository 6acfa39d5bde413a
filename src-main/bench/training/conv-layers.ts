import type { EncoderName } from '#shared/encoders/index.ts'
import { encoderDesigns } from '../../trainer/encoders/index.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import type { ConvGeometry } from '../../trainer/engine/ops/conv-geometry.ts'
import { paddingOf } from '../../trainer/engine/ops/padding.ts'
import { Tape } from '../../trainer/engine/tape.ts'
import { Blueprint, type ConvOptions, type Layer } from '../../trainer/networks/blueprint.ts'
import { Network } from '../../trainer/networks/network.ts'

/** A convolution as the encoder has it, channels padded as they are inside. */
export interface ConvLayer extends ConvGeometry {
  /** Of the first layer of these sizes. */
  name: string
  /** How many layers of the encoder have these sizes. */
  count: number
  /** [B, T, H, W, C] */
  x: readonly number[]
  outputs: number
}

export interface BenchClips {
  batch: number
  frames: number
  size: number
}

/** Every convolution of an encoder on clips of a size, those of the same sizes once, in their order. */
export function convLayers(
  engine: Engine,
  model: EncoderName,
  { batch, frames, size }: BenchClips,
): ConvLayer[] {
  const blueprint = new TracingBlueprint()
  const layer = encoderDesigns[model].declare(blueprint)
  const network = new Network(engine, { entries: blueprint.entries, layer }, null)
  engine.scope(() => {
    const shape = [1, frames, size, size, 3]
    const clip = engine.tensor(new Float32Array(frames * size * size * 3), shape)
    const x = engine.cast(clip, engine.compute)
    network.run(new Tape(engine), x, network.weights.open(), 'evaluate')
  })
  network.dispose()
  const groups = Map.groupBy(blueprint.layers, ({ x, outputs, kernel, stride }) =>
    [x, outputs, kernel, stride].join(' '),
  )
  return [...groups.values()].map((alike) => {
    const [{ x, ...first }] = alike
    return { ...first, count: alike.length, x: [batch, ...x.slice(1)] }
  })
}

/** Notes the sizes of each convolution when it runs. */
class TracingBlueprint extends Blueprint {
  readonly layers: Omit<ConvLayer, 'count'>[] = []

  override conv(name: string, options: ConvOptions): Layer {
    const layer = super.conv(name, options)
    const { kernel, stride, padding: rule, outputs, innerOutputs = outputs } = options
    return (pass, x) => {
      const padding = typeof rule === 'function' ? paddingOf(rule, x.shape, kernel, stride) : rule
      this.layers.push({ name, x: x.shape, outputs: innerOutputs, kernel, stride, padding })
      return layer(pass, x)
    }
  }
}
