// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { dropPath } from '#main/trainer/engine/ops/drop-path.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { Blueprint, type PathDrop } from '#main/trainer/networks/blueprint.ts'
import { Network, type RunMode } from '#main/trainer/networks/network.ts'
import { declareBlocks, type TransformerSize } from '#main/trainer/networks/transformer.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { norms, relativeError } from '../golden-networks.ts'

interface Figures {
  size: TransformerSize
  shape: [number, number, number]
  rate: number
  numbers: number[]
  y: number[]
  gradient_of_x: number[]
  gradient_l2: Record<string, number>
}

const file = new URL('../../../fixtures/networks/drop-path.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as Figures

/** Gives the numbers of a list instead of random ones. */
class Listed extends Rng {
  private place = 0

  override uniform(): number {
    return golden.numbers[this.place++]
  }
}

function wave(shape: readonly number[], k: number, scale = 1): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(0.7 * i * i + k))
}

let engine: Engine
beforeAll(async () => {
  engine = (await loadEngine('float32')).inDoublePrecision()
})

function networkOf(size: TransformerSize): Network {
  const blueprint = new Blueprint()
  const layer = declareBlocks(blueprint, '', size)
  const network = new Network(engine, { entries: blueprint.entries, layer }, null)
  const state: StateDict = new Map(
    blueprint.entries.map(({ name, shape }, k) => {
      return [name, { shape: [...shape], data: wave(shape, k, 0.5) }]
    }),
  )
  network.loadStateDict(state)
  return network
}

function outputOf(network: Network, mode: RunMode, pathDrop?: PathDrop): Float32Array {
  return engine.scope(() => {
    const x = engine.tensor(wave(golden.shape, 100), golden.shape)
    const opened = network.weights.open()
    return engine.read(network.run(new Tape(engine), x, opened, mode, { pathDrop })).slice()
  })
}

describe('stochastic depth', () => {
  it('gives what PyTorch gives where the same branches are left out, with every gradient', () => {
    const network = networkOf(golden.size)
    const { y, ofX, gradients } = engine.scope(() => {
      const x = engine.tensor(wave(golden.shape, 100), golden.shape)
      const opened = network.weights.open()
      const tape = new Tape(engine)
      tape.watch([x, ...opened.values()])
      const pathDrop = { rate: golden.rate, rng: new Listed(0) }
      const out = network.run(tape, x, opened, 'train', { pathDrop })
      const found = tape.backward(out, engine.tensor(wave(golden.shape, 7), golden.shape))
      const flat = network.weights.flatten([...opened.values()].map((leaf) => found.get(leaf)!))
      const read = {
        y: engine.read(out).slice(),
        ofX: engine.read(found.get(x)!).slice(),
        gradients: network.weights.named(engine.read(flat)),
      }
      found.forEach((held) => engine.release(held))
      return read
    })
    expect(relativeError(y, golden.y)).toBeLessThan(1e-5)
    expect(relativeError(ofX, golden.gradient_of_x)).toBeLessThan(1e-5)
    const lengths = norms(gradients)
    expect([...lengths.keys()].sort()).toEqual(Object.keys(golden.gradient_l2).sort())
    for (const [name, length] of lengths) {
      expect(relativeError([length], [golden.gradient_l2[name]]), name).toBeLessThan(1e-4)
    }
    network.dispose()
  })

  it('leaves everything as it is in evaluation, and with a rate of 0 in training', () => {
    const network = networkOf(golden.size)
    const whole = outputOf(network, 'train')
    const rng = new Rng(1)
    expect(outputOf(network, 'evaluate', { rate: 0.9, rng })).toEqual(whole)
    expect(outputOf(network, 'train', { rate: 0, rng })).toEqual(whole)
    // Nothing was drawn.
    expect(rng.state()).toEqual(new Rng(1).state())
    expect(outputOf(network, 'train', { rate: 0.9, rng })).not.toEqual(whole)
    network.dispose()
  })

  it('keeps the mean of a branch, and drops as many as asked', () => {
    const [clips, part] = [40_000, 0.2]
    const y = engine.scope(() => {
      const x = engine.tensor(new Float32Array(clips).fill(3), [clips, 1])
      return engine.read(dropPath(new Tape(engine), x, part, new Rng(7))).slice()
    })
    const dropped = y.filter((value) => value === 0).length / clips
    // Five standard deviations.
    expect(Math.abs(dropped - part)).toBeLessThan(5 * Math.sqrt((part * (1 - part)) / clips))
    expect(new Set(y)).toEqual(new Set([0, Math.fround(3 / (1 - part))]))
  })
})
