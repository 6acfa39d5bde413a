// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Projector } from '#main/trainer/methods/projector.ts'
import { createEncoder, encoderEntries, weightsRng } from '#main/trainer/encoders/encoder.ts'
import { projectionHead } from '#main/trainer/networks/heads.ts'
import { fromInner, toInner } from '#main/trainer/networks/layout.ts'
import { Network } from '#main/trainer/networks/network.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

describe('an encoder', () => {
  it('draws the same weights from the same seed and others from another', () => {
    const weightsOf = (seed: number): Float32Array => {
      const encoder = createEncoder(engine, { model: 'r2plus1d_narrow', seed })
      const { data } = encoder.stateDict().get('stem.0.weight')!
      encoder.dispose()
      return data
    }
    expect(weightsOf(3)).toEqual(weightsOf(3))
    expect(weightsOf(3)).not.toEqual(weightsOf(4))
  })

  it("starts from PyTorch's distributions", () => {
    const size = { model: 'r2plus1d_18', projectionSize: 128 } as const
    const projector = new Projector(engine, { ...size, head: projectionHead(size) }, weightsRng(1))
    const state = projector.encoder.stateDict()
    const head = projector.head.stateDict()
    projector.dispose()
    const conv = state.get('layer4.1.conv2.0.0.weight')! // [1152, 512, 1, 3, 3]
    expect(deviation(conv.data)).toBeCloseTo(Math.sqrt(2 / (1152 * 9)), 4)
    const linear = head.get('0.weight')! // [512, 512]
    expect(deviation(linear.data)).toBeCloseTo(1 / Math.sqrt(512 * 3), 3)
    expect(Math.max(...linear.data.slice(0, 10_000))).toBeLessThan(1 / Math.sqrt(512))
    expect(new Set(state.get('stem.1.weight')!.data)).toEqual(new Set([1]))
    expect(new Set(state.get('stem.1.running_var')!.data)).toEqual(new Set([1]))
    expect(new Set(state.get('stem.1.bias')!.data)).toEqual(new Set([0]))
  })

  it('starts each bottleneck of Slow-only R50 as its shortcut, with a last norm of scale 0', () => {
    const norms = encoderEntries('slow_50').filter(({ name }) => name.endsWith('bn.weight'))
    const scales = norms.map(
      ({ name, shape, initial }) => [name, initial(shape, new Rng(1))] as const,
    )
    const zero = scales.filter(([, data]) => data.every((value) => value === 0))
    expect(zero.map(([name]) => name)).toEqual(
      [3, 4, 6, 3].flatMap((blocks, stage) =>
        Array.from(
          { length: blocks },
          (_, block) => `s${stage + 2}.pathway0_res${block}.branch2.c_bn.weight`,
        ),
      ),
    )
    const others = scales.filter((scale) => !zero.includes(scale))
    expect(others.every(([, data]) => data.every((value) => value === 1))).toBe(true)
  })

  it('starts the last layer of the head of R(2+1)D as its classifier unless asked, that of I3D as any other', () => {
    const lastLayer = (
      model: 'r2plus1d_18' | 'r2plus1d_narrow' | 'i3d',
      headStart: 'reference' | 'uniform' = 'reference',
    ): { weight: Float32Array; bias: Float32Array } => {
      const design = projectionHead({ model, projectionSize: 128, headStart })
      const head = new Network(engine, design, new Rng(7))
      const state = head.stateDict()
      head.dispose()
      return { weight: state.get('2.weight')!.data, bias: state.get('2.bias')!.data }
    }
    for (const model of ['r2plus1d_18', 'r2plus1d_narrow'] as const) {
      const { weight, bias } = lastLayer(model)
      expect(new Set(bias)).toEqual(new Set([0]))
      const n = weight.length
      // Five standard errors each: of a mean, of a deviation, and of the shares of a normal one.
      const mean = weight.reduce((sum, value) => sum + value, 0) / n
      expect(Math.abs(mean)).toBeLessThan((5 * 0.01) / Math.sqrt(n))
      expect(Math.abs(deviation(weight) / 0.01 - 1)).toBeLessThan(5 / Math.sqrt(2 * n))
      for (const [within, share] of [
        [1, 0.6827],
        [2, 0.9545],
        [3, 0.9973],
      ]) {
        const counted = weight.filter((value) => Math.abs(value) < within * 0.01).length / n
        expect(Math.abs(counted - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n))
      }
    }
    for (const [model, features, headStart] of [
      ['i3d', 1024, 'reference'],
      ['r2plus1d_18', 512, 'uniform'],
    ] as const) {
      const bound = 1 / Math.sqrt(features)
      const { weight, bias } = lastLayer(model, headStart)
      for (const values of [weight, bias]) {
        expect(Math.max(...values.slice(0, 10_000).map(Math.abs))).toBeLessThan(bound)
        expect(Math.abs((deviation(values) * Math.sqrt(3)) / bound - 1)).toBeLessThan(0.2)
      }
    }
  })

  it('pools the map that its trunk gives', () => {
    const encoder = createEncoder(engine, { model: 'r2plus1d_narrow', seed: 5 })
    const rng = new Rng(6)
    const shape = [2, 8, 32, 32, 3] as const
    const data = Float32Array.from({ length: 2 * 8 * 32 * 32 * 3 }, () => rng.normal())
    const map = encoder.forwardMap({ data, shape })
    const features = encoder.forwardFeatures({ data, shape })
    encoder.dispose()
    expect(map.shape).toEqual([2, 1, 2, 2, 128])
    for (let i = 0; i < features.length; i++) {
      const [clip, channel] = [Math.floor(i / 128), i % 128]
      const places = [0, 1, 2, 3].map((place) => map.data[(clip * 4 + place) * 128 + channel])
      expect(features[i]).toBeCloseTo(places.reduce((sum, value) => sum + value) / 4, 5)
    }
    expect(Math.min(...map.data)).toBe(0)
  })

  it('says which entry of a state is missing, which has the wrong shape, and changes nothing', () => {
    const encoder = createEncoder(engine, { model: 'r2plus1d_narrow', seed: 1 })
    const before = encoder.stateDict()
    const wider = encoder.stateDict().set('stem.0.weight', {
      shape: [45, 3, 1, 7, 7],
      data: new Float32Array(45 * 3 * 7 * 7),
    })
    expect(() => encoder.loadStateDict(wider)).toThrow(
      "'stem.0.weight' has the shape [45, 3, 1, 7, 7], this network needs [32, 3, 1, 7, 7].",
    )
    const incomplete = encoder.stateDict()
    incomplete.delete('stem.4.running_mean')
    expect(() => encoder.loadStateDict(incomplete)).toThrow("no 'stem.4.running_mean'")
    expect(encoder.stateDict().get('stem.0.weight')).toEqual(before.get('stem.0.weight'))
    encoder.dispose()
  })
})

describe('the layout of a weight', () => {
  it('turns [out, in, t, h, w] into [t, h, w, in, out] with zeros in padded channels, and back', () => {
    const layout = { shape: [2, 3, 1, 1, 2], inner: [1, 1, 2, 4, 3], fill: 0 }
    const data = Float32Array.from({ length: 12 }, (_, i) => i + 1)
    const inner = toInner(layout, data)
    // prettier-ignore
    expect(Array.from(inner)).toEqual([
      1, 7, 0, 3, 9, 0, 5, 11, 0, 0, 0, 0,
      2, 8, 0, 4, 10, 0, 6, 12, 0, 0, 0, 0,
    ])
    expect(fromInner(layout, inner)).toEqual(data)
  })
})

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
