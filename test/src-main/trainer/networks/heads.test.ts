// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { raw } from '#main/trainer/engine/raw.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import {
  embeddingHead,
  mlp,
  predictionHead,
  projectionHead,
  toReferenceHead,
} from '#main/trainer/networks/heads.ts'
import { Network } from '#main/trainer/networks/network.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { relativeError } from '../golden-networks.ts'

/** What PyTorch gives in float64: the file says for which layers. */
const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/networks/mlp.json', import.meta.url), 'utf8'),
) as {
  start: Record<string, { shape: number[]; data: number[] }>
  train: number[]
  evaluate: number[]
  gradients: Record<string, number[]>
  gradientOfInput: number[]
  evaluateGradientOfInput: number[]
  statistics: Record<string, number[]>
}
const [B, C] = [6, 5]
const start: StateDict = new Map(
  Object.entries(figures.start).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]),
)

let engine: Engine
beforeAll(async () => {
  engine = (await loadEngine('float32')).inDoublePrecision()
})

function startNetwork(): Network {
  const design = mlp(C, [
    { outputs: 7, norm: 'affine', relu: true },
    { outputs: 6, norm: 'affine', relu: true, bias: false },
    { outputs: 4, norm: 'plain', bias: false },
  ])
  const network = new Network(engine, design, null)
  network.loadStateDict(start)
  return network
}

/** Output, and the gradients of the sum of output times weights, in input and parameters. */
function pass(network: Network, mode: 'train' | 'evaluate') {
  return engine.scope(() => {
    const grid = (width: number, f: (c: number, i: number) => number): Float32Array =>
      Float32Array.from({ length: B * width }, (_, at) => f(at % width, Math.floor(at / width)))
    const x = engine.tensor(
      grid(C, (c, i) => Math.sin(0.7 * c + 2.1 * i) + 0.1 * c),
      [B, C],
    )
    const w = engine.tensor(
      grid(4, (c, i) => Math.cos(0.3 * c + 1.3 * i)),
      [B, 4],
    )
    const tape = new Tape(engine)
    const opened = network.weights.open()
    tape.watch([x, ...opened.values()])
    const y = network.run(tape, x, opened, mode)
    const weighted = raw.multiply(engine, y, w)
    const total = tape.record(raw.sum(engine, weighted, [0, 1]), [y], [], () => [w])
    const sums = tape.backward(total, engine.scalar(1))
    const flat = network.weights.flatten([...opened.values()].map((leaf) => sums.get(leaf)!))
    const result = {
      output: engine.read(y).slice(),
      ofInput: engine.read(sums.get(x)!).slice(),
      ofWeights: network.weights.named(engine.read(flat)),
    }
    sums.forEach((held) => engine.release(held))
    return result
  })
}

describe('a head of several layers', () => {
  it('has the names and shapes of PyTorch’s Sequential', () => {
    const network = startNetwork()
    const shapes = [...network.stateDict()].map(([name, { shape }]) => [name, shape])
    expect(shapes).toEqual([...start].map(([name, { shape }]) => [name, shape]))
    network.dispose()
  })

  it('gives PyTorch’s outputs, gradients and running statistics in training mode', () => {
    const network = startNetwork()
    const { output, ofInput, ofWeights } = pass(network, 'train')
    expect(relativeError(output, figures.train)).toBeLessThan(1e-5)
    expect(relativeError(ofInput, figures.gradientOfInput)).toBeLessThan(1e-5)
    for (const [name, expected] of Object.entries(figures.gradients)) {
      const { data } = ofWeights.get(name)!
      // A bias before a normalisation has a gradient of 0, which PyTorch rounds to 1e-17.
      if (name === '0.bias') data.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-12))
      else expect(relativeError(data, expected)).toBeLessThan(1e-5)
    }
    const after = network.stateDict()
    for (const [name, expected] of Object.entries(figures.statistics)) {
      expect(relativeError(after.get(name)!.data, expected)).toBeLessThan(1e-6)
    }
    network.dispose()
  })

  it('uses the running statistics in evaluation mode and leaves them alone', () => {
    const network = startNetwork()
    pass(network, 'train')
    const before = network.stateDict()
    const { output, ofInput } = pass(network, 'evaluate')
    expect(relativeError(output, figures.evaluate)).toBeLessThan(1e-5)
    expect(relativeError(ofInput, figures.evaluateGradientOfInput)).toBeLessThan(1e-5)
    expect(network.stateDict()).toEqual(before)
    network.dispose()
  })

  it('refuses one clip alone in training mode', () => {
    const network = startNetwork()
    engine.scope(() => {
      const x = engine.tensor(new Float32Array(C), [1, C])
      const run = () => network.run(new Tape(engine), x, network.weights.open(), 'train')
      expect(run).toThrow('at least two clips')
    })
    network.dispose()
  })
})

describe('the heads of settings', () => {
  const size = { model: 'r2plus1d_narrow', projectionSize: 16, hiddenSize: 0 } as const
  const namesOf = ({ entries }: { entries: readonly { name: string }[] }): string[] =>
    entries.map(({ name }) => name)

  it('are the reference’s head where nothing else is asked for', () => {
    const plain = embeddingHead({ ...size, headLayers: 2, headNorm: 'none' })
    expect(namesOf(plain)).toEqual(namesOf(projectionHead(size)))
    expect(namesOf(plain)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias'])
  })

  it('normalise after hidden layers or after all, and then need no bias before', () => {
    const hidden = embeddingHead({ ...size, headLayers: 3, headNorm: 'hidden' })
    expect(namesOf(hidden).filter((name) => name.endsWith('running_mean'))).toHaveLength(2)
    expect(namesOf(hidden).filter((name) => /^\d\.bias$/.test(name))).toEqual([
      '1.bias',
      '4.bias',
      '6.bias',
    ])
    const all = embeddingHead({ ...size, headLayers: 2, headNorm: 'all', hiddenSize: 48 })
    expect(all.entries.map(({ name, shape }) => [name, shape])).toEqual([
      ['0.weight', [48, 128]],
      ['1.weight', [48]],
      ['1.bias', [48]],
      ['1.running_mean', [48]],
      ['1.running_var', [48]],
      ['3.weight', [16, 48]],
      ['4.running_mean', [16]],
      ['4.running_var', [16]],
    ])
    expect(namesOf(predictionHead({ inputs: 16, hidden: 8, keepsBias: true }))).toContain('0.bias')
  })

  it('keep their own names in a file of weights, where the reference has no such layers', () => {
    const entry = { shape: [1], data: Float32Array.of(1) }
    const own: StateDict = new Map([
      ['0.weight', entry],
      ['1.running_mean', entry],
    ])
    expect([...toReferenceHead('r2plus1d_narrow', own).keys()]).toEqual([
      'head.0.weight',
      'head.1.running_mean',
    ])
  })
})
