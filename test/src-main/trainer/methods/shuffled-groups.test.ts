// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { unprefixed } from '#main/trainer/methods/learner.ts'
import { Moco, type MocoConfig } from '#main/trainer/methods/moco.ts'
import { GROUP, mocoSettings } from '#shared/methods/moco.ts'
import { projectionHead } from '#main/trainer/networks/heads.ts'
import { groupsOf, shuffledOrder } from '#main/trainer/methods/shuffled-groups.ts'
import { Projector } from '#main/trainer/methods/projector.ts'
import { createEncoder, weightsRng } from '#main/trainer/encoders/encoder.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training, type TrainingConfig } from '#main/trainer/training/training.ts'
import { Rng } from '#shared/random/rng.ts'
import { relativeError } from '../golden-networks.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'
import { hashes } from '../state-hashes.ts'

// Convolutions in float64 are slow.
vi.setConfig({ testTimeout: 300_000 })

const BATCH = 16
const D = 16
const config: MocoConfig & TrainingConfig = {
  ...defaultsOf(mocoSettings),
  model: 'r2plus1d_narrow',
  projectionSize: D,
  frames: 2,
  size: 16,
  queue: 32,
  temperature: 0.2,
  keyMomentum: 0.9,
  keyMomentumSchedule: 'constant',
  optimiser: 'sgd',
  momentum: 0.9,
  weightDecay: 1e-4,
  decayVectors: true,
  clipNorm: 0,
  seed: 5,
  shuffleBN: true,
  headStart: 'reference',
}
const CLIP = config.frames * config.size * config.size * 3
const shapeOf = (clips: number) => [clips, config.frames, config.size, config.size, 3] as const

let single: Engine
let exact: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
  exact = single.inDoublePrecision()
})

function views(batch: number): [Float32Array, Float32Array] {
  const rng = new Rng(100 + batch)
  const x = Float32Array.from({ length: BATCH * CLIP }, () => rng.normal())
  return [x, x.map((value) => value + 0.3 * rng.normal())]
}

describe('shuffledOrder', () => {
  it('is a permutation that follows from seed and place, and differs between places', () => {
    const order = shuffledOrder(64, 1, 7, 0)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i))
    expect(shuffledOrder(64, 1, 7, 0)).toEqual(order)
    for (const [seed, batch, direction] of [
      [2, 7, 0],
      [1, 8, 0],
      [1, 7, 1],
    ]) {
      expect(shuffledOrder(64, seed, batch, direction)).not.toEqual(order)
    }
  })

  it('is cut into groups of eight', () => {
    expect(groupsOf(shuffledOrder(64, 1)).map(({ length }) => length)).toEqual(Array(8).fill(GROUP))
    expect(groupsOf(shuffledOrder(20, 1)).map(({ length }) => length)).toEqual([8, 8, 4])
  })
})

describe('MoCo with shuffled batch norm', () => {
  /** One direction by the definition: groups by hand, the loss from plain numbers. */
  function lossByHand(
    start: StateDict,
    queue: number[][],
    [x, positives]: [Float32Array, Float32Array],
    order: Uint32Array,
  ): { loss: number; keys: number[][] } {
    const inOrder = Uint32Array.from(order.keys())
    const keys = projected(unprefixed('ema.', start), positives, order)
    const losses = projected(start, x, inOrder).map((q, i) => {
      const dot = (k: number[]) => q.reduce((sum, value, c) => sum + value * k[c], 0)
      const logits = [keys[i], ...queue].map((k) => Math.exp(dot(k) / config.temperature))
      return -Math.log(logits[0] / logits.reduce((sum, value) => sum + value, 0))
    })
    return { loss: losses.reduce((sum, value) => sum + value, 0) / BATCH, keys }
  }

  /** Unit projections of clips that went through a fresh encoder eight by eight. */
  function projected(start: StateDict, x: Float32Array, order: Uint32Array) {
    const projector = new Projector(
      exact,
      { model: config.model, head: projectionHead(config) },
      weightsRng(0),
    )
    projector.loadStateDict(start)
    const rows: number[][] = []
    for (let from = 0; from < BATCH; from += 8) {
      const group = [...order.slice(from, from + 8)]
      const data = Float32Array.from(
        group.flatMap((b) => [...x.subarray(b * CLIP, (b + 1) * CLIP)]),
      )
      const flat = exact.scope(() => {
        const clips = exact.tensor(data, shapeOf(8))
        return exact.read(projector.run(new Tape(exact), clips, projector.open(), 'train')).slice()
      })
      group.forEach((b, i) => {
        const row = [...flat.subarray(i * D, (i + 1) * D)]
        const length = Math.hypot(...row)
        rows[b] = row.map((value) => value / length)
      })
    }
    projector.dispose()
    return rows
  }

  const columnsOf = (queue: Float32Array): number[][] =>
    Array.from({ length: config.queue }, (_, j) =>
      Array.from({ length: D }, (_, c) => queue[c * config.queue + j]),
    )

  it('gives the loss of groups put together by hand', () => {
    const moco = new Moco(exact, config)
    const start = moco.stateDict()
    const [x1, x2] = views(3)
    const result = exact.scope(() => {
      const [a, b] = [x1, x2].map((x) => exact.tensor(x, shapeOf(BATCH)))
      return moco.contrast([a, b], 3).losses.map((loss) => exact.read(loss)[0])
    })
    const queue = columnsOf(start.get('queue')!.data)
    const first = lossByHand(start, queue, [x1, x2], shuffledOrder(BATCH, config.seed, 3, 0))
    queue.splice(0, BATCH, ...first.keys)
    const second = lossByHand(start, queue, [x2, x1], shuffledOrder(BATCH, config.seed, 3, 1))
    expect(result[0]).toBeCloseTo(first.loss, 5)
    expect(result[1]).toBeCloseTo(second.loss, 5)
    const plain = new Moco(exact, { ...config, shuffleBN: false })
    plain.loadState(start)
    const whole = exact.scope(() => {
      const [a, b] = [x1, x2].map((x) => exact.tensor(x, shapeOf(BATCH)))
      return exact.read(plain.contrast([a, b], 3).losses[0])[0]
    })
    expect(Math.abs(whole - first.loss)).toBeGreaterThan(1e-3)
    moco.dispose()
    plain.dispose()
  })

  it('has the gradient of that loss, by finite differences', () => {
    const moco = new Moco(exact, config)
    const start = moco.stateDict()
    const [x1, x2] = views(4)
    const lossAt = (direction: Float32Array | null, step: number) => {
      moco.loadState(start)
      return exact.scope(() => {
        if (direction) {
          const theta = exact.read(moco.encoder.weights.theta).slice()
          const moved = theta.map((value, i) => value + step * direction[i])
          moco.encoder.weights.theta = exact.tensor(moved, [moved.length])
        }
        const [a, b] = [x1, x2].map((x) => exact.tensor(x, shapeOf(BATCH)))
        const { metrics, gradients } = moco.contrast([a, b], 4)
        const gradient = exact.read(gradients.get('encoder')!).slice()
        return { loss: exact.read(metrics.get('loss')!)[0], gradient }
      })
    }
    const { gradient } = lossAt(null, 0)
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0))
    const direction = gradient.map((value) => value / length)
    // Short, since the loss bends sharply along its gradient; float32 parameters still resolve it.
    const step = 5e-5
    const slope = (lossAt(direction, step).loss - lossAt(direction, -step).loss) / (2 * step)
    expect(slope / length).toBeCloseTo(1, 2)
    moco.dispose()
  })

  it('moves the running statistics by the first group alone', () => {
    const moco = new Moco(exact, config)
    const start = moco.stateDict()
    const [x1, x2] = views(5)
    exact.scope(() => {
      const [a, b] = [x1, x2].map((x) => exact.tensor(x, shapeOf(BATCH)))
      moco.contrast([a, b], 5)
    })
    const after = moco.stateDict()
    const encoder = createEncoder(exact, { model: config.model, seed: null })
    encoder.loadStateDict(unprefixed('encoder.', start))
    for (const x of [x1, x2]) {
      const clips = { data: x.slice(0, 8 * CLIP), shape: shapeOf(8) }
      encoder.forwardFeatures(clips, { training: true })
    }
    for (const name of ['stem.1.running_mean', 'layer4.0.conv2.1.running_var']) {
      const expected = encoder.stateDict().get(name)!.data
      expect(relativeError(after.get(`encoder.${name}`)!.data, expected)).toBeLessThan(1e-6)
    }
    encoder.dispose()
    moco.dispose()
  })

  it('goes on from a saved state to the bit', () => {
    const start = () => new Training(single, new Moco(single, config), config)
    const train = (training: Training, from: number, to: number) => {
      const losses: number[] = []
      for (let batch = from; batch < to; batch++) {
        losses.push(training.accumulate(views(batch), placeOf(batch, 4)).loss)
        training.finishStep(0.05)
      }
      return losses
    }
    const straight = start()
    train(straight, 0, 2)
    const saved = structuredClone(straight.stateDict())
    const rest = train(straight, 2, 4)
    const resumed = start()
    resumed.loadState(saved)
    expect(train(resumed, 2, 4)).toEqual(rest)
    expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
    straight.dispose()
    resumed.dispose()
  })
})
