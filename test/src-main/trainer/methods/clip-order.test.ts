// @module-tag tensorflow
import { beforeAll, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { pairHead } from '#main/trainer/methods/pair-head.ts'
import { Blueprint, sequence } from '#main/trainer/networks/blueprint.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { classify } from '#main/trainer/objectives/classify.ts'
import { permutationsOf } from '#shared/methods/permutations.ts'
import golden from '../../../fixtures/objectives/clip-order.json' with { type: 'json' }
import { formulaState } from '../golden-steps.ts'

const [B, C, PAIR] = [4, 8, 512]
/** The features of three clips, one after another. */
const features = Float32Array.from([0, 0.4, 1.1].flatMap((shift) => rowsOf(shift)))

function rowsOf(shift: number): number[] {
  return Array.from({ length: B * C }, (_, at) =>
    Math.sin(0.7 * (at % C) + 2.1 * Math.floor(at / C) + shift),
  )
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

it('numbers the orders as the golden figures do', () => {
  expect(permutationsOf(3)).toEqual(golden.orders)
})

it("has VCOP's scores, loss and gradients", () => {
  const blueprint = new Blueprint()
  const { layer, size } = pairHead(blueprint, 3, { features: C, pair: PAIR })
  const answer = blueprint.linear('fc8', size, 6)
  const design = { entries: blueprint.entries, layer: sequence(layer, answer) }
  const head = new Network(engine, design, null)
  const shapes = golden.parameters as [string, number[]][]
  head.loadStateDict(formulaState(shapes, 0))
  engine.scope(() => {
    const tape = new Tape(engine)
    const opened = head.weights.open()
    const x = engine.tensor(features, [3 * B, C])
    tape.watch([...opened.values(), x])
    const logits = head.run(tape, x, opened, 'train')
    engine.read(logits).forEach((value, i) => {
      expect(value).toBeCloseTo(golden.logits.flat()[i], 4)
    })
    const { loss } = classify(tape, logits, golden.labels)
    expect(engine.read(loss)[0]).toBeCloseTo(golden.loss, 4)
    const gradients = tape.backward(loss, engine.scalar(1))
    for (const [entry, leaf] of opened) {
      const norm = Math.hypot(...engine.read(gradients.get(leaf)!))
      const wanted = golden.gradient_l2[entry.name as keyof typeof golden.gradient_l2]
      expect(norm / wanted).toBeCloseTo(1, 3)
    }
    expect(gradients.get(x)!.shape).toEqual([3 * B, C])
  })
  head.dispose()
})
