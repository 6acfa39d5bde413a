// @module-tag tensorflow
import { beforeAll, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { joinRows } from '#main/trainer/engine/ops/join-rows.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { joiningLayers } from '#main/trainer/methods/pieces/piece-order.ts'
import { Blueprint, sequence } from '#main/trainer/networks/blueprint.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { classify } from '#main/trainer/objectives/classify.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import figures from '../../../../fixtures/objectives/pieces.json' with { type: 'json' }
import { formulaState } from '../../golden-steps.ts'

const [B, C, WIDTH, K] = [4, 8, 16, 24]
/** Numbers of a frame of 16 pixels a side. */
const FRAME = 16 * 16 * 3
const OFFSETS = [0, 0.4, 1.1, 1.7]

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

it("gives PyTorch's scores and loss for the features of four pieces", () => {
  const blueprint = new Blueprint()
  const joined = joiningLayers(blueprint, { pieces: 4, features: C, width: WIDTH })
  const answer = blueprint.linear('fc2', WIDTH, K)
  const head = new Network(
    engine,
    { entries: blueprint.entries, layer: sequence(joined, answer) },
    null,
  )
  const shapes: [string, number[]][] = [
    ['fc1.weight', [WIDTH, 4 * C]],
    ['fc1.bias', [WIDTH]],
    ['fc2.weight', [K, WIDTH]],
    ['fc2.bias', [K]],
  ]
  head.loadStateDict(formulaState(shapes, 20))
  const features = OFFSETS.flatMap((offset) =>
    Array.from({ length: B * C }, (_, i) =>
      Math.sin(0.7 * (i % C) + 2.1 * Math.floor(i / C) + offset),
    ),
  )
  engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(Float32Array.from(features), [4 * B, C])
    const scores = head.run(tape, x, head.weights.open(), 'train')
    engine.read(scores).forEach((value, i) => {
      expect(value).toBeCloseTo(figures.logits.flat()[i], 4)
    })
    expect(engine.read(classify(tape, scores, figures.labels).loss)[0]).toBeCloseTo(figures.loss, 4)
  })
  head.dispose()
})

it('joins the features of parts by clip, and sends gradients back to where they came from', () => {
  engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [6, 1]) // 3 parts of 2 clips
    tape.watch([x])
    const y = joinRows(tape, x, 3)
    expect([y.shape, [...engine.read(y)]]).toEqual([
      [2, 3],
      [1, 3, 5, 2, 4, 6],
    ])
    const dy = engine.tensor(Float32Array.of(10, 30, 50, 20, 40, 60), [2, 3])
    expect([...engine.read(tape.backward(y, dy).get(x)!)]).toEqual([10, 20, 30, 40, 50, 60])
  })
})

it('shows an order and its reverse for the same answer, where they are one', () => {
  const values = {
    method: 'frame-order',
    model: 'r2plus1d_narrow',
    frames: 4,
    size: 16,
    headWidth: 8,
  }
  const config = completeConfig({ ...values, batch: 12 })
  const learner = createLearner(engine, config)
  // Each frame of the clip has its own grey.
  const clips = Float32Array.from(
    { length: 12 * 4 * FRAME },
    (_, i) => (Math.floor(i / FRAME) % 4) / 4,
  )
  const shown = engine.scope(() => {
    const at = { step: 0, steps: 1, batch: 0, epoch: 0, answers: [new Int32Array(12).fill(2)] }
    return learner.pictures!([clips], at, 12).rows.get('pieces')!.data
  })
  const orders = Array.from({ length: 12 }, (_, clip) => {
    const greys = [0, 1, 2, 3].map((t) => shown[(clip * 4 + t) * FRAME])
    return greys.map((grey) => greys.toSorted((a, b) => a - b).indexOf(grey)).join()
  })
  const order = [...learner.stateDict().get('permutations')!.data.subarray(8, 12)]
  expect([...new Set(orders)].sort()).toEqual([order.join(), order.toReversed().join()].sort())
  learner.dispose()
})

it('takes the orders of a checkpoint in place of its own, and refuses those of other pieces', () => {
  const values = { method: 'jigsaw', model: 'r2plus1d_narrow', frames: 3, size: 16, headWidth: 8 }
  const learner = (changes: object) =>
    createLearner(engine, completeConfig({ ...values, permutations: 5, ...changes }))
  const [own, other, larger] = [learner({}), learner({ seed: 9 }), learner({ pieceGrid: 3 })]
  const ordersOf = (of: typeof own) => of.stateDict().get('permutations')!
  expect(ordersOf(own).shape).toEqual([5, 12])
  expect(ordersOf(other).data).not.toEqual(ordersOf(own).data)
  other.loadState(own.stateDict())
  expect(ordersOf(other).data).toEqual(ordersOf(own).data)
  expect(() => larger.loadState(own.stateDict())).toThrow(/no 5 orders of 27 pieces/)
  for (const one of [own, other, larger]) one.dispose()
})
