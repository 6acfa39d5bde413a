// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { classHead, indexHead } from '#main/trainer/methods/statistics/heads.ts'
import { Blueprint, type Layer } from '#main/trainer/networks/blueprint.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { Rng } from '#shared/random/rng.ts'

const [B, C] = [3, 4]
const answers = [3, 2]
const truth = [
  [1, 2],
  [3, 1],
  [2, 2],
]
const features = Float32Array.from({ length: B * C }, (_, i) => Math.sin(1.3 * i))

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** The outputs of a linear layer by plain loops, [B][N]. */
function outputs(head: Network, name: string): number[][] {
  const state = head.stateDict()
  const [weight, bias] = ['weight', 'bias'].map((of) => [...state.get(`${name}.${of}`)!.data])
  return Array.from({ length: B }, (_, b) =>
    bias.map((start, n) => {
      let sum = start
      for (let c = 0; c < C; c++) sum += features[b * C + c] * weight[n * C + c]
      return sum
    }),
  )
}

describe.each(['indices', 'classes'])('statistics as %s', (as) => {
  it('have the loss and the share of right answers that plain loops give', () => {
    const blueprint = new Blueprint()
    const make = as === 'classes' ? classHead : indexHead
    const answer = make(blueprint, { name: 'motion', features: C, answers })
    const layer: Layer = (_, x) => x
    const head = new Network(engine, { entries: blueprint.entries, layer }, new Rng(4))
    engine.scope(() => {
      const tape = new Tape(engine)
      const opened = head.weights.open()
      const x = engine.tensor(features, [B, C])
      tape.watch([...opened.values(), x])
      const run = (of: Layer) => head.run(tape, x, opened, 'train', { layer: of })
      const { loss, right } = answer(tape, run, truth)
      const expected = as === 'classes' ? ofClasses(head) : ofIndices(head)
      expect(engine.read(loss)[0]).toBeCloseTo(expected.loss, 5)
      expect(engine.read(right)[0]).toBeCloseTo(expected.right, 5)
      const gradients = tape.backward(loss, engine.scalar(1))
      for (const leaf of opened.values()) expect(gradients.has(leaf)).toBe(true)
    })
    head.dispose()
  })
})

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length

function ofIndices(head: Network): { loss: number; right: number } {
  const errors = outputs(head, 'motion').flatMap((row, b) =>
    row.map((value, i) => value - truth[b][i]),
  )
  return {
    loss: mean(errors.map((error) => error ** 2)),
    right: mean(errors.map((error) => Number(Math.abs(error) < 0.5))),
  }
}

function ofClasses(head: Network): { loss: number; right: number } {
  const found = answers.flatMap((_, i) =>
    outputs(head, `motion.${i}`).map((logits, b) => {
      const own = logits[truth[b][i] - 1]
      const loss = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - own), 0))
      return { loss, right: Number(own === Math.max(...logits)) }
    }),
  )
  return { loss: mean(found.map(({ loss }) => loss)), right: mean(found.map(({ right }) => right)) }
}
